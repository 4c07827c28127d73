import type { Plan, PlannedStep } from '../pipeline/plan.ts';
import type { Session } from './session.ts';

/*
 * Write-behind. What reads a step's table needs to know what it holds, and not that it is stored: so it goes on as soon
 * as the hashes of its parts are known, while they are put, and committed, behind. Commits keep the order of the plan:
 * a step's records are appended once all that it depends on is committed.
 */

/** Steps that may be on their way to their commits at a time: what a kill would have others compute again. */
const mostPending = 16;

/**
 * Says whether a step may begin before the tables that it reads are committed. Code that is somebody's own may not: what
 * it does outside cannot be taken back when a table turns out not to be kept.
 */
export function goesAhead({ kind, rollback, onCancel }: PlannedStep): boolean {
  return (kind === 'sql' || kind === 'fanIn') && rollback === undefined && onCancel === undefined;
}

/** Says whether a step depends on one that is not committed: not yet, or never. */
export function isAhead({ commits }: Session, { inputs, after }: PlannedStep): boolean {
  return commits.size > 0 && [...inputs, ...after].some((name) => commits.has(name));
}

/**
 * Resolves once everything that a step depends on is committed.
 *
 * @throws what kept one of them from it, or the reason why the run was stopped
 */
export async function inputsCommitted(
  { commits, stop }: Session,
  { inputs, after }: PlannedStep,
): Promise<void> {
  try {
    if (commits.size === 0) return;
    for (const name of [...inputs, ...after]) {
      const commit = commits.get(name);
      if (commit !== undefined) await commit;
    }
  } catch (error) {
    stop.throwIfAborted();
    throw error;
  }
}

const lastAhead = new WeakMap<Plan, PlannedStep | null>();

/** Says whether this is a step behind which none begins before it is committed. */
export function isLastToCompute({ plan }: Session, step: PlannedStep): boolean {
  let last = lastAhead.get(plan);
  if (last === undefined) lastAhead.set(plan, (last = plan.steps.findLast(goesAhead) ?? null));
  return step === last || step === plan.steps.at(-1);
}

/** Takes note of the commit of a step that others go on with meanwhile. One that fails is remembered for this pass. */
export function commitsBehind({ commits }: Session, { name }: PlannedStep, work: Promise<unknown>): void {
  const commit = work.then(() => {
    if (commits.get(name) === commit) commits.delete(name);
  });
  commit.catch(() => undefined);
  commits.set(name, commit);
}

/** Resolves when there are not too many steps on their way to their commits. */
export async function fewPending({ commits }: Session): Promise<void> {
  if (commits.size >= mostPending) await Promise.race(commits.values()).catch(() => undefined);
}

/** Resolves once nothing is on its way any more. */
export async function allSettled({ commits }: Session): Promise<void> {
  for (let known = -1, all = [...commits.values()]; all.length !== known; all = [...commits.values()]) {
    known = all.length;
    await Promise.allSettled(all);
  }
}
