import { param } from '../pipeline/param.ts';
import { sql, type Sql, type SqlValue } from '../pipeline/sql.ts';
import type { TableStep } from '../pipeline/step.ts';
import type { SqlReference } from '../pipeline/table-references.ts';

/**
 * The statement that a plain text is: its references become tables and params, as the `sql` tag has them.
 *
 * @param inputs The steps that it is said to read; those that it does not name are read all the same.
 */
export function sqlOf(
  text: string,
  references: readonly SqlReference[],
  handles: ReadonlyMap<string, TableStep>,
  inputs: readonly string[] = [],
): Sql {
  const strings: string[] = [];
  const values: SqlValue[] = [];
  let at = 0;
  for (const { kind, name, start, end } of references) {
    strings.push(text.slice(at, start));
    values.push(kind === 'param' ? param(name) : handleOf(name, handles));
    at = end;
  }
  strings.push(text.slice(at));
  const written = sql(Object.assign(strings, { raw: strings }), ...values);
  const more = inputs.map((name) => handleOf(name, handles)).filter((step) => !written.steps.includes(step));
  return more.length === 0
    ? written
    : Object.freeze({ ...written, steps: Object.freeze([...written.steps, ...more]) });
}

function handleOf(name: string, handles: ReadonlyMap<string, TableStep>): TableStep {
  const step = handles.get(name);
  if (step === undefined) throw new TypeError(`there is no handle of the step '${name}'`);
  return step;
}
