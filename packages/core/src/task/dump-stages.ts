import { invalidArgument } from '../errors/pipeline-errors.ts';
import { checkKeys } from '../pipeline/check.ts';
import type { Plan } from '../pipeline/plan.ts';
import type { StageState } from './stage.ts';
import type { StageStates } from './stage-states.ts';

/** What {@link dumpStages} shows. */
export interface DumpOptions {
  /** What this process knows, or what stands in the store. @default 'memory' */
  readonly source?: 'memory' | 'persistence' | undefined;
  /** Show only the last part of keys. @default false */
  readonly basenamesOnly?: boolean | undefined;
  /** Name the source in the heading; without it the two can be compared as texts. @default false */
  readonly sourceInHeading?: boolean | undefined;
}

/** @throws CairnError `invalid_argument` */
export function checkDumpOptions(where: string, options: DumpOptions): Required<DumpOptions> {
  checkKeys(where, options, ['source', 'basenamesOnly', 'sourceInHeading'], 'option');
  const { source = 'memory', basenamesOnly = false, sourceInHeading = false } = options;
  if (source !== 'memory' && source !== 'persistence')
    throw invalidArgument(
      where,
      `source must be 'memory' or 'persistence', not '${String(source)}'`,
      source,
      ['memory', 'persistence'],
    );
  return { source, basenamesOnly, sourceInHeading };
}

/** The stages of a task in Markdown, for people and for tests. */
export function dumpStages(
  label: string,
  plan: Plan,
  stages: StageStates,
  { source, basenamesOnly, sourceInHeading }: Required<DumpOptions>,
): string {
  const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ');
  const row = (...cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  const key = (whole: string | undefined): string =>
    whole === undefined ? '' : basenamesOnly ? (whole.split('/').at(-1) ?? '') : whole;
  const line = (
    kind: string,
    { stage, status, attempts, fingerprint, manifest, result }: StageState,
  ): string =>
    row(
      stage,
      kind,
      status,
      String(attempts),
      fingerprint?.slice(0, 12) ?? '',
      key(manifest),
      result === null ? '' : JSON.stringify(result),
    );
  const head = (...names: readonly string[]): string[] => [row(...names), row(...names.map(() => '---'))];

  const lines = [
    `# Task ${label}${sourceInHeading ? ` (${source})` : ''}: ${stages.status}`,
    '',
    ...head('stage', 'kind', 'status', 'attempts', 'fingerprint', 'manifest', 'result'),
    ...plan.processes.flatMap(({ name, steps }) => [
      line('process', stages.process(name)),
      ...steps.map((step) => line('step', stages.step(step))),
    ]),
  ];
  for (const { name } of plan.steps) {
    const { history } = stages.step(name);
    if (history.length === 0) continue;
    lines.push(
      '',
      `## ${name}`,
      '',
      ...head('status', 'begin', 'end', 'run', 'attempt', 'message'),
      ...history.map(({ status, begin, end, runId, attempt, message }) =>
        row(status, begin, end ?? '', runId, String(attempt), message),
      ),
    );
  }
  return `${lines.join('\n')}\n`;
}
