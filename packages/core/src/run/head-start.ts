import type { PlannedSql, PlannedStep } from '../pipeline/plan.ts';
import { goesAhead } from './behind.ts';
import { bindChunks } from './bind.ts';
import type { HeadStart } from './head-starts.ts';
import { isFinal } from './outcomes.ts';
import type { Session } from './session.ts';
import type { Tables } from './tables.ts';

/*
 * While the last part of a table is hashed the engine has nothing to do, and so while parts have to wait for the store; and the step that
 * reads the table cannot be decided about. Where nothing speaks for its being reused its statement begins all the same: at worst it is stopped.
 */

/**
 * Begins the first statement that reads a step's table, which has left the engine or waits there, and that waits for nothing else.
 *
 * @param hashes Of the table's parts, as far as they are known.
 */
export function giveHeadStart(
  session: Session,
  tables: Tables,
  { name }: PlannedStep,
  hashes: readonly (string | undefined)[],
): void {
  const { parts, losses, stop, headStarts } = session;
  // What others are to know of it begins when it is decided, and so does what is measured.
  if (
    parts.hooks !== undefined ||
    session.auto !== undefined ||
    losses.length > 0 ||
    stop.aborted ||
    headStarts.size > 0
  )
    return;
  // Its hash is known meanwhile, and who reads it may be at work.
  if (session.states.has(name)) return;
  for (const consumer of tables.consumersOf(name)) {
    const step = session.steps.get(consumer);
    if (step?.kind !== 'sql' || !mayBegin(session, tables, step, name)) continue;
    if (!session.force.has(consumer) && mayHold(session, step, name, hashes)) continue;
    const release = tables.claim(step)(false);
    if (release === undefined) return;
    if (tables.hasRoom()) {
      const started = headStart(session, step);
      headStarts.set(step.name, started);
      void started.made.then(release);
    } else release();
    return;
  }
}

function mayBegin(session: Session, tables: Tables, step: PlannedSql, input: string): boolean {
  const { name, inputs, after, checkpoint, circuitBreaker, timeoutMs } = step;
  const isPlain = checkpoint !== false && circuitBreaker === undefined && timeoutMs === undefined;
  if (!isPlain || !goesAhead(step)) return false;
  if (!session.isIncluded(name) || session.outcomes.has(name)) return false;
  const isKnown = (one: string): boolean => one === input || session.states.has(one);
  return (
    inputs.every((one) => isKnown(one) && tables.stands(one)) &&
    after.every((one) => {
      const outcome = session.outcomes.get(one);
      return outcome !== undefined && !isFinal(outcome) && !session.commits.has(one);
    })
  );
}

/** Says whether the task's checkpoint of a step may be about an input that has these parts. */
function mayHold(
  { journal }: Session,
  { name }: PlannedStep,
  input: string,
  hashes: readonly (string | undefined)[],
): boolean {
  const last = journal.committed.get(name)?.writers.get('');
  if (last === undefined) return false;
  const read = (last.components as { readonly inputs?: Readonly<Record<string, string>> }).inputs?.[input];
  const before = journal.committed.get(input)?.writers.get('');
  if (before === undefined || before.contentHash !== read) return true;
  return hashes.every((hash, at) => hash === undefined || hash === before.parts[at]?.sha256);
}

function headStart(session: Session, step: PlannedSql): HeadStart {
  const { engine } = session.parts;
  const { name, chunks, functions } = step;
  const table = session.tableRef(name);
  const losses = session.losses.length;
  const stopping = new AbortController();
  const signal = AbortSignal.any([session.signal, stopping.signal]);
  const making = engine.createTable(
    table,
    { parts: bindChunks(chunks, session.tableRef) },
    { functions, signal },
  );
  const made = making.catch(() => undefined);
  return {
    losses,
    made,
    async end() {
      stopping.abort();
      session.moveTable(name);
      if ((await made) !== undefined) await engine.dropTable(table).catch(() => undefined);
    },
  };
}
