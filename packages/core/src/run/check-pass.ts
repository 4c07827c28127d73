import { isCairnError } from '../errors/cairn-error.ts';
import type { PlannedCheck } from '../pipeline/plan-checks.ts';
import type { PlannedStep } from '../pipeline/plan.ts';
import { sql, type Sql } from '../pipeline/sql.ts';
import type { CheckContext } from '../pipeline/table-check.ts';
import { bindCheck } from './check-context.ts';
import type { Session } from './session.ts';

/** A check that wants to know something of the whole table. */
export interface Asked {
  readonly check: PlannedCheck;
  readonly context: CheckContext;
  /** Aggregates, by name. */
  readonly wants: Record<string, Sql>;
  /** What they came to. */
  readonly measured: Record<string, unknown>;
  error: unknown;
}

/**
 * Computes what all checks want to know in one pass over the table. Should that fail, each is asked by itself, so that a
 * mistake in one is no other's.
 *
 * @param ends Says whether an error ends more than a check.
 */
export async function onePass(
  session: Session,
  step: PlannedStep,
  all: readonly Asked[],
  ends: (error: unknown) => boolean,
): Promise<void> {
  const asking = all.filter(({ wants }) => Object.keys(wants).length > 0);
  if (asking.length === 0) return;
  if (asking.length > 1) {
    try {
      return await ask(session, step, asking);
    } catch (error) {
      if (ends(error) || !isCairnError(error)) throw error;
    }
  }
  for (const one of asking) {
    try {
      await ask(session, step, [one]);
    } catch (error) {
      if (ends(error)) throw error;
      one.error = error;
    }
  }
}

async function ask(session: Session, step: PlannedStep, asking: readonly Asked[]): Promise<void> {
  const columns = asking.flatMap(({ wants }) => Object.values(wants));
  const inputs = [...new Set(asking.flatMap(({ check }) => check.inputs))];
  const list = sql.join(columns.map((column, at) => sql`(${column}\n) as ${sql.id(`m${at}`)}`));
  const [{ context }] = asking as [Asked];
  const answer = await session.parts.engine.query(
    { parts: bindCheck(session, step, { inputs }, sql`select ${list} from ${context.table}`) },
    { signal: session.signal },
  );
  let at = 0;
  for (const { wants, measured } of asking)
    for (const name of Object.keys(wants)) {
      measured[name] = answer.getChildAt(at)?.get(0) as unknown;
      at += 1;
    }
}
