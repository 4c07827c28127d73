import { isPlainObject } from '../pipeline/check.ts';
import { topologicalOrder } from '../pipeline/graph.ts';
import { findReferences, type SqlReference, type SqlReferences } from '../pipeline/table-references.ts';
import type { Entry, PipelineDocument } from './pipeline-entries.ts';
import type { ConfigPath } from './source.ts';

/** An entry with what it refers to. */
export interface LinkedEntry extends Entry {
  /** In the statement, of a step of SQL. */
  readonly references: readonly SqlReference[];
  /** A plan may refuse the statement. */
  readonly isSuspect: boolean;
  /** The names of steps that are stated: inputs of SQL and of `fanIn`, the input of a sink. */
  readonly inputs: readonly string[] | undefined;
  readonly after: readonly string[];
  /** The steps that its checks read besides. */
  readonly checked: readonly string[];
}

/** Finds the steps of a document by their names, and tells of those that there are not. */
export interface StepNames {
  /** The step of a name, as it is written there; undefined, and told, when there is none. */
  find(name: string, entry: Entry, path: ConfigPath, withTable: boolean): string | undefined;
  /** Steps with tables by their names in lower case. */
  readonly tables: ReadonlyMap<string, string>;
}

const hasTable = ({ kind }: Entry): boolean => kind !== 'sink';

/** Names are unique without regard to case, over steps and processes. */
export function stepNames({ entries, processes, isPartial, file }: PipelineDocument): StepNames {
  const taken = new Map<string, string>();
  for (const { name, path } of processes) {
    const other = taken.get(name.toLowerCase());
    if (other !== undefined)
      file.report.add({ path, known: [], message: `${other} has this name (case does not count)` });
    taken.set(name.toLowerCase(), `the process '${name}'`);
    if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/.test(name))
      file.report.add({ path, known: [], message: `'${name.slice(0, 140)}' is no name for a process` });
  }
  const steps = new Map<string, Entry>();
  for (const entry of entries) {
    const key = entry.name.toLowerCase();
    const other = taken.get(key);
    if (other !== undefined)
      entry.file.report.add({
        path: headPath(entry),
        message: `${other} has this name (case does not count)`,
      });
    else steps.set(key, entry);
    taken.set(key, `the step '${entry.name}' in process '${entry.process}'`);
  }
  const known = new Set(processes.map((one) => one.name));
  for (const { name, after, path } of processes)
    for (const [index, other] of after.entries())
      if (!known.has(other))
        file.report.add({
          path: [...path, 'after', index],
          name: other,
          known: [...known],
          message: `the process '${name}' is after '${other}', which is no process`,
        });
  const all = [...steps.values()];
  const tables = new Map(all.filter(hasTable).map(({ name }) => [name.toLowerCase(), name]));
  const names = all.map(({ name }) => name);
  const tableNames = [...tables.values()];
  return {
    tables,
    find(name, entry, path, withTable) {
      const found = steps.get(name.toLowerCase());
      // Here a name is written as it is: nothing of SQL folds its case.
      if (found?.name === name && (!withTable || hasTable(found))) return name;
      if (isPartial && found === undefined) return undefined;
      const message =
        found?.name === name
          ? `the step '${name}' is a ${found.kind} and has no table`
          : `there is no step '${name}'`;
      const known = withTable ? tableNames : names;
      entry.file.report.add({ path, message, ...(found?.name === name ? {} : { name, known }) });
      return undefined;
    },
  };
}

/** Where an entry's name stands. */
export function headPath({ kind, path }: Entry): ConfigPath {
  return [...path, kind === 'sql' || kind === 'sqlFile' || kind === 'transform' ? 'step' : kind];
}

/** Finds what each entry refers to. */
export function linkEntries(document: PipelineDocument, names: StepNames): LinkedEntry[] {
  const params = new Set(Object.keys(document.params ?? {}));
  const known = { param: [...params], table: [...names.tables.values()] };
  return document.entries.map((entry): LinkedEntry => {
    const { kind, value, path, sql, name } = entry;
    const listed = (key: 'inputs' | 'after', withTable: boolean): string[] =>
      ((value[key] ?? []) as readonly string[]).flatMap((one, index) => {
        const found = names.find(one, entry, [...path, key, index], withTable);
        return found === undefined ? [] : [found];
      });
    const after = listed('after', false);
    const checked = stepsInChecks(
      value['checks'],
      (text) => checkReferences(text, name, names, params).references,
    );
    const rest = { ...entry, after, checked, references: [], isSuspect: false };
    if (kind === 'sink') {
      const input = names.find(String(value['input']), entry, [...path, 'input'], true);
      return { ...rest, inputs: input === undefined ? [] : [input] };
    }
    if (kind === 'fanIn') return { ...rest, inputs: listed('inputs', true) };
    if (sql === undefined) return { ...rest, inputs: undefined };
    const inputs = value['inputs'] === undefined ? undefined : listed('inputs', true);
    const { references, problems, isSuspect } = findReferences(sql.text, {
      step: name,
      tables: names.tables,
      params,
      inputs,
      volatile: value['volatile'] === true,
    });
    const at = sql.file === entry.file ? [...path, 'sql'] : [];
    for (const { message, start, name: other, unknown } of problems) {
      if (document.isPartial && unknown === 'table') continue;
      sql.file.report.add({
        path: at,
        message: `step '${name}' ${message}`,
        offset: start,
        ...(other === undefined || unknown === undefined ? {} : { name: other, known: known[unknown] }),
      });
    }
    return { ...rest, references, isSuspect, inputs };
  });
}

/** The names of the steps that must be there before an entry's handle can be made. */
export function dependenciesOf({
  kind,
  value,
  references,
  inputs = [],
  after,
  checked,
}: LinkedEntry): readonly string[] {
  const named = references.filter((one) => one.kind === 'table').map(({ name }) => name);
  const given = kind === 'transform' ? transformInputs(value) : [];
  return [...new Set([...named, ...inputs, ...after, ...given, ...checked])];
}

/** The steps among the inputs of a transform: texts that are no `$name`. */
function transformInputs(value: Entry['value']): readonly string[] {
  const { inputs = [] } = value;
  const all = Array.isArray(inputs) ? (inputs as readonly unknown[]) : Object.values(inputs as object);
  return all.filter((one): one is string => typeof one === 'string' && !one.startsWith('$'));
}

/** The steps that options of checks name, as `{ $step: name }` and in `{ $sql: ... }`. */
function stepsInChecks(value: unknown, referencesIn: (sql: string) => readonly SqlReference[]): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => stepsInChecks(item, referencesIn));
  if (!isPlainObject(value)) return [];
  const { $step, $sql } = value;
  if (typeof $step === 'string') return [$step];
  if (typeof $sql === 'string')
    return referencesIn($sql).flatMap(({ kind, name }) => (kind === 'table' ? [name] : []));
  return Object.values(value).flatMap((item) => stepsInChecks(item, referencesIn));
}

/** What a piece of SQL in a check's options refers to. */
export function checkReferences(
  text: string,
  step: string,
  { tables }: StepNames,
  params: ReadonlySet<string>,
): SqlReferences {
  return findReferences(text, { step, tables, params, volatile: false });
}

/** The entries, each after all that it refers to. A cycle is told, and then there are none. */
export function inOrder(entries: readonly LinkedEntry[]): readonly LinkedEntry[] {
  const positions = new Map(entries.map(({ name }, index) => [name, index]));
  const sorted = topologicalOrder(
    entries.map((entry) =>
      dependenciesOf(entry).flatMap((name) => {
        const at = positions.get(name);
        return at === undefined ? [] : [at];
      }),
    ),
  );
  const entryAt = (index: number): LinkedEntry[] => entries.slice(index, index + 1);
  if ('order' in sorted) return sorted.order.flatMap(entryAt);
  const cycle = sorted.cycle.flatMap(entryAt);
  const [first] = cycle;
  const names = [...cycle, ...cycle.slice(0, 1)].map(({ name }) => name).join(' -> ');
  first?.file.report.add({ path: headPath(first), message: `none of these can start: ${names} (a cycle)` });
  return [];
}
