import { explainReason, type RunResult, type RunSnapshot } from '@cairn/core';
import { causesOf } from './causes.ts';
import type { RunRequest } from './run-memory.ts';

/** What the records of a run do not tell: what it was begun with, and of each step why it stands as it does. */
export interface RunAccount extends RunRequest {
  readonly runId: string;
  /** What differed from the params' defaults. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly steps: readonly StepAccount[];
}

/** What became of a step in a run. */
export interface StepAccount {
  readonly step: string;
  readonly status: RunSnapshot['processes'][number]['steps'][number]['status'];
  readonly attempts: number;
  /** What it is in the first line, then a line for everything that differed. */
  readonly why: readonly string[];
  /** The steps that it stands so because of. */
  readonly causes: readonly string[];
}

/** Where accounts of runs are kept, beside the records. */
export interface RunAccounts {
  add(project: string, account: RunAccount): Promise<void>;
  /** The last first. */
  list(project: string): Promise<readonly RunAccount[]>;
  remove(project: string): Promise<void>;
}

/** Makes the account of a run that has ended. */
export function accountOf(
  { runId, processes }: RunSnapshot,
  result: RunResult | undefined,
  begun: RunRequest & Pick<RunAccount, 'params'>,
): RunAccount {
  const steps = processes.flatMap(({ steps: own }) =>
    own.map(({ name, status, attempts, reason }): StepAccount => {
      const known = result?.steps.get(name)?.reason;
      const why = known === undefined ? (reason === undefined ? [] : [reason]) : explainReason(known);
      const causes = known === undefined ? [] : causesOf(known);
      return { step: name, status, attempts, why, causes };
    }),
  );
  return { ...begun, runId, steps };
}

/** Why a run was begun as it was, in a few words; nothing for a plain one. */
export function requestInWords({
  params,
  force = [],
  include,
}: RunRequest & Pick<RunAccount, 'params'>): string {
  const given = Object.entries(params).map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
  return [
    ...given,
    ...(include === undefined ? [] : [`only ${names(include)}`]),
    ...(force.length === 0 ? [] : [`forced ${names(force)}`]),
  ].join('; ');
}

function names(steps: readonly string[]): string {
  return steps.length > 3 ? `${steps.length} steps` : steps.join(', ');
}
