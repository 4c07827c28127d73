import type { KeptRows } from '../checkpoint/check-result.ts';
import { writeParts } from '../checkpoint/parts.ts';
import type { TableRef } from '../engine/engine.ts';
import type { PlannedCheck } from '../pipeline/plan-checks.ts';
import type { PlannedStep } from '../pipeline/plan.ts';
import { sql, type Sql } from '../pipeline/sql.ts';
import { bindCheck } from './check-context.ts';
import type { Session } from './session.ts';

/** Stores the first of the rows that fail a check. Until the journal names them they are orphans. */
export async function keepRows(
  session: Session,
  step: PlannedStep,
  check: PlannedCheck,
  failing: Sql,
): Promise<KeptRows> {
  const { engine, store } = session.parts;
  const { signal, flight } = session;
  session.count.selections += 1;
  const { namespace } = session.tableRef(step.name);
  const table: TableRef = { namespace: `${namespace}_failing`, name: `f${session.count.selections}` };
  const query = sql`select * from (${failing}\n) limit ${check.keepRows}`;
  const { columns, rows } = await engine.createTable(
    table,
    { parts: bindCheck(session, step, check, query) },
    { signal },
  );
  try {
    const { parts, stored } = await writeParts(engine, store, table, { signal, flight });
    await stored;
    const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
    return { columns, rows, bytes, parts };
  } finally {
    await engine.dropTable(table).catch(() => undefined);
  }
}
