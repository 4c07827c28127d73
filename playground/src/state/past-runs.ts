import type { History, RecordRow } from '@cairn/core';
import { askAfterRuns, type AskedAfterRuns } from './ask-after-runs.ts';
import { groupBy } from './group-by.ts';
import type { RunAccount } from './run-accounts.ts';
import type { Session } from './session.ts';
import { createStore, type Store } from './store.ts';

/** How a run ended, as its record tells. */
export type PastStatus = 'success' | 'failed' | 'canceled' | 'interrupted';

/** A run of the project that is over, of this page or of an earlier one. */
export interface PastRun {
  readonly runId: string;
  readonly status: PastStatus;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly durationMs: number;
  readonly error: string | undefined;
  readonly failedStep: string | undefined;
  /** Steps whose code began, in the order in which it did. */
  readonly steps: readonly PastStep[];
  /** Undefined for a run that this browser has not seen the end of. */
  readonly account: RunAccount | undefined;
}

/** A step of a {@link PastRun}. */
export interface PastStep {
  readonly step: string;
  readonly status: PastStatus;
  readonly startedAt: number;
  /** With its attempts and the waits between them. */
  readonly durationMs: number;
  readonly error: string | undefined;
}

/** How many runs are listed; SQL reaches all. */
const most = 200;

/** The earlier runs of an opened project. */
export interface PastRuns extends AskedAfterRuns<readonly PastRun[]> {
  /** Of the run that the timeline shows; undefined for the current one. */
  readonly shown: Store<string | undefined>;
}

const known = new WeakMap<Session, PastRuns>();

/** The same for all panels of a session. */
export function pastRunsOf(session: Session): PastRuns {
  const before = known.get(session);
  if (before !== undefined) return before;
  const shown = createStore<string | undefined>(undefined);
  const runs: PastRuns = { ...askAfterRuns(session, () => readPastRuns(session)), shown };
  known.set(session, runs);
  return runs;
}

async function readPastRuns(session: Session): Promise<readonly PastRun[]> {
  const { runner } = await session.bench();
  const { id } = session.project.getSnapshot();
  const history = await runner.history();
  try {
    const accounts = new Map((await session.accounts()).map((account) => [account.runId, account]));
    return await pastRunsIn(history, id, accounts);
  } finally {
    await history.close();
  }
}

/** The runs of a project in a history, the last first. */
export async function pastRunsIn(
  history: Pick<History, 'table'>,
  project: string,
  accounts: ReadonlyMap<string, RunAccount>,
): Promise<readonly PastRun[]> {
  const rowsOf = async (kind: 'pipeline' | 'step'): Promise<readonly RecordRow[]> =>
    (await history.table(kind))
      .toArray()
      .map((row: { toJSON(): RecordRow }) => row.toJSON())
      .filter((row) => row['correlation_id'] === project);
  const [runs, steps] = [(await rowsOf('pipeline')).slice(0, most), await rowsOf('step')];
  const stepsOf = groupBy(steps, (row) => String(row['run_id']));
  return runs.map((row) => {
    const runId = String(row['run_id']);
    // The first that began first.
    const own = (stepsOf.get(runId) ?? []).map(pastStep).toReversed();
    return pastRun(row, own, accounts.get(runId));
  });
}

function pastRun(row: RecordRow, steps: readonly PastStep[], account: RunAccount | undefined): PastRun {
  const failedStep = textOf(row['failed_step']);
  return { runId: String(row['run_id']), ...endOf(row), failedStep, steps, account };
}

function pastStep(row: RecordRow): PastStep {
  return { step: String(row['step']), ...endOf(row) };
}

function endOf(row: RecordRow): Omit<PastStep, 'step'> {
  const type = row['error_type'];
  const ended: Readonly<Record<string, PastStatus>> = { canceled: 'canceled', Interrupted: 'interrupted' };
  return {
    status: row['status'] === 'success' ? 'success' : (ended[String(type)] ?? 'failed'),
    startedAt: Number(row['started_at']),
    durationMs: Number(row['duration_ms']),
    error: textOf(row['error_message']),
  };
}

function textOf(value: RecordRow[string] | undefined): string | undefined {
  return value === null || value === undefined ? undefined : String(value);
}

/** How many steps ran, were reused and failed; `reused` is undefined where nobody has seen it. */
export function countsOf({ steps, account }: PastRun): {
  readonly ran: number;
  readonly reused: number | undefined;
  readonly failed: number;
} {
  return {
    ran: steps.filter(({ status }) => status === 'success').length,
    reused: account?.steps.filter(({ status }) => status === 'reused').length,
    failed: steps.filter(({ status }) => status === 'failed').length,
  };
}
