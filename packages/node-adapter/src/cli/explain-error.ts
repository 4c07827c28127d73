import { CairnError, isCairnError, type RunResult } from '@cairn/core';
import { failedCheckLines, type ToldCheck } from './check-lines.ts';
import type { Colors } from './colors.ts';

/** The error that tells most: a failed run says the same as its cause, and the cause knows more. */
export function toldError(error: unknown): unknown {
  return isCairnError(error, 'run_failed') && error.cause instanceof CairnError ? error.cause : error;
}

/**
 * An error for people: its code and message, what brought it about, what else failed, and where it is explained. A
 * wrong command line takes one line. What is no CairnError is a fault of ours, and shows its stack.
 */
export function explainError(error: unknown, colors: Colors): string {
  const { red, dim } = colors;
  const told = toldError(error);
  if (!(told instanceof CairnError)) {
    const text = told instanceof Error ? (told.stack ?? told.message) : String(told);
    return `${red('error')}: ${text}\n`;
  }
  const lines = [`${red(`error ${told.code}`)}: ${told.message}`];
  if (told.code === 'check_failed') lines.splice(0, 1, ...checkLines(told, colors));
  if (told.details['usage'] !== true) {
    for (const cause of causes(told)) lines.push(`  cause: ${cause}`);
    for (const other of otherFailures(error, told)) lines.push(`  also:  ${other}`);
    lines.push(dim(`  docs:  docs/errors.md#${told.code}`));
  }
  return `${lines.join('\n')}\n`;
}

/** A line for each check, and how to see the rows. */
function checkLines({ code, message, details }: CairnError, colors: Colors): string[] {
  const checks = details['checks'] as readonly (ToldCheck & { readonly failing: number | null })[];
  const end = message.lastIndexOf(' failed: ', message.indexOf(`${checks[0]?.check ?? ''}: `));
  const head = end === -1 ? message : message.slice(0, end + ' failed'.length);
  const counted = checks.find(({ failing }) => failing !== null);
  return [
    `${colors.red(`error ${code}`)}: ${head}`,
    ...failedCheckLines(checks, colors).map((line) => `  ${line}`),
    ...(counted === undefined
      ? []
      : [`  rows:  cairn show ${String(details['step'])} --check '${counted.check}'`]),
  ];
}

/** What the causes say that has not been said before. */
function causes(error: CairnError): string[] {
  if (error.code === 'check_failed') return [];
  let said = error.message;
  const found: string[] = [];
  for (let at = error.cause; at instanceof Error && found.length < 5; at = at.cause) {
    const message = at.message.trim();
    // The same with other details is the same.
    if (message === '' || said.includes(message.split('\n')[0] as string)) continue;
    found.push(isCairnError(at) ? `${at.code}: ${message}` : message);
    said += `\n${message}`;
  }
  return found;
}

function otherFailures(error: unknown, told: CairnError): string[] {
  const result = isCairnError(error, 'run_failed') ? (error.details['result'] as RunResult) : undefined;
  return [...(result?.steps.values() ?? [])].flatMap(({ outcome, error: other }) =>
    outcome === 'failed' && other !== undefined && other !== told ? [`${other.code}: ${other.message}`] : [],
  );
}
