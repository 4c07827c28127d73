import { sql, type Column, type History, type PlannedSql, type SqlScalar } from '@cairn/core';
import type { KnownColumn, KnownFunction } from './completion.ts';
import { lastDefined } from './definition.ts';
import { commonFunctions, duckdbKeywords } from './duckdb-words.ts';
import { lastPlan } from './forecast.ts';
import type { Session } from './session.ts';
import { wordsOfSqlError } from './sql-fault.ts';
import { createStore, type Readable } from './store.ts';

/** What is known of a project's tables and of the engine, for whoever writes its SQL. */
export interface EditorKnowledge {
  /** By step: of what is stored, or of what the engine makes of the statement. */
  readonly columns: ReadonlyMap<string, readonly KnownColumn[]>;
  readonly functions: readonly KnownFunction[];
  /** What the engine says against statements, by step; nothing as long as it is not running. */
  readonly faults: ReadonlyMap<string, SqlFault>;
}

/** What the engine says against a statement. */
export interface SqlFault {
  /** In the engine's words, with the line at fault. */
  readonly message: string;
  readonly words: string;
  /** How many lines stood before it. */
  readonly linesBefore: number;
}

type Described = { readonly columns: readonly KnownColumn[] } | { readonly fault: SqlFault };

/**
 * Keeps up with a session: stored columns are read without the engine; once it runs, each changed statement is bound over empty
 * tables of its inputs' columns, which reads no data.
 */
export function followKnowledge(session: Session): Readable<EditorKnowledge> {
  const store = createStore<EditorKnowledge>({
    columns: new Map(),
    functions: commonFunctions,
    faults: new Map(),
  });
  let turn = 0;
  let isEngineUp = false;
  let areFunctionsAsked = false;
  let history: Promise<History> | undefined;
  const described = new Map<string, Promise<Described>>();

  const ask = async (query: ReturnType<typeof sql>) => {
    history ??= session.bench().then(({ runner }) => runner.history());
    return (await history).query(query);
  };

  const look = async (): Promise<void> => {
    const own = ++turn;
    const defined = lastDefined(session.definition.getSnapshot());
    if (defined === undefined || isAtWork(session)) return;
    const stored = await storedColumns(session);
    if (own !== turn) return;
    isEngineUp ||= hasComputed(session);
    const columns = new Map<string, readonly KnownColumn[]>();
    const faults = new Map<string, SqlFault>();
    const plan = lastPlan(session.forecast.getSnapshot());
    for (const step of defined.plan.steps) {
      const known = stored.get(step.name);
      const isFresh = plan?.steps.get(step.name)?.decision === 'reuse';
      if (step.kind === 'sql' && !isFresh && isEngineUp) {
        const found = await describeStep(step, columns, described, ask);
        if (own !== turn) return;
        if (found !== undefined && 'fault' in found) faults.set(step.name, found.fault);
        if (found !== undefined && 'columns' in found) {
          columns.set(step.name, found.columns);
          continue;
        }
      }
      const last = known ?? (step.kind === 'fanIn' ? columns.get(step.inputs[0] ?? '') : undefined);
      if (last !== undefined) columns.set(step.name, last);
    }
    store.patch({ columns, faults });
    if (!isEngineUp || areFunctionsAsked) return;
    areFunctionsAsked = true;
    const functions = await functionsOf(ask).catch(() => commonFunctions);
    store.patch({ functions });
  };
  const soon = (): void => {
    const isKnown = session.forecast.getSnapshot().status === 'known';
    if (isKnown && !session.closed.aborted) void look().catch(() => undefined);
  };
  session.forecast.subscribe(soon);
  session.closed.addEventListener('abort', () => {
    void history?.then((opened) => opened.close()).catch(() => undefined);
  });
  soon();
  return store;
}

function isAtWork({ run }: Session): boolean {
  return ['running', 'canceling'].includes(run.getSnapshot().status);
}

/** Whether a run of this page has computed something, so that the engine is there. */
function hasComputed({ run }: Session): boolean {
  const state = run.getSnapshot();
  const result = state.status === 'ended' || state.status === 'failed' ? state.result : undefined;
  return [...(result?.steps.values() ?? [])].some(
    ({ outcome, kind }) => kind === 'sql' && (outcome === 'complete' || outcome === 'failed'),
  );
}

async function storedColumns(session: Session): Promise<ReadonlyMap<string, readonly Column[]>> {
  const { runner } = await session.bench();
  try {
    const opened = await runner.open(session.project.getSnapshot().id);
    const found = new Map([...opened.steps].map(([step, { columns }]) => [step, columns]));
    await opened.close();
    return found;
  } catch {
    // It has not run yet.
    return new Map();
  }
}

type Ask = (query: ReturnType<typeof sql>) => ReturnType<History['query']>;

/** What the engine makes of a statement, given the columns of what it reads; undefined where one of these is not known. */
async function describeStep(
  step: PlannedSql,
  columns: ReadonlyMap<string, readonly KnownColumn[]>,
  described: Map<string, Promise<Described>>,
  ask: Ask,
): Promise<Described | undefined> {
  const inputs = step.inputs.map((name) => [name, columns.get(name) ?? []] as const);
  if (inputs.some(([, list]) => list.length === 0)) return undefined;
  // What a pivot's columns are is for the data to say.
  if (step.tokens.some(({ text }) => /^(?:pivot|pivot_wider|summarize|describe|show)$/i.test(text)))
    return undefined;
  const key = JSON.stringify(
    [step.chunks, inputs.map(([name, list]) => [name, list.map((column) => [column.name, column.type])])],
    (_key, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value),
  );
  const found = described.get(key) ?? bind(step, inputs, ask);
  if (described.size > 500) described.clear();
  described.set(key, found);
  found.catch(() => described.delete(key));
  return found;
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A table as its author writes it, so that what is said of a line can be found there. */
const named = (step: string): string =>
  /^[a-z_]\w*$/i.test(step) && !duckdbKeywords.includes(step.toLowerCase()) ? step : quoted(step);

async function bind(
  { chunks }: PlannedSql,
  inputs: readonly (readonly [string, readonly KnownColumn[]])[],
  ask: Ask,
): Promise<Described> {
  const tables = inputs.map(([name, list]) => {
    const empty = list.map(({ name: column, type }) => `null::${type} as ${quoted(column)}`);
    return `${quoted(name)} as (select ${empty.join(', ')} where false)`;
  });
  const strings: string[] = [];
  const values: SqlScalar[] = [];
  let text = tables.length === 0 ? 'from (describe\n' : `with ${tables.join(', ')} from (describe\n`;
  for (const chunk of chunks) {
    if (chunk.kind === 'text') text += chunk.text;
    else if (chunk.kind === 'table') text += named(chunk.step);
    else if (chunk.kind === 'identifier') text += quoted(chunk.name);
    else if (chunk.kind === 'value' || chunk.kind === 'param') {
      strings.push(text);
      values.push(chunk.value ?? null);
      text = '';
    }
  }
  strings.push(`${text}\n)`);
  const query = sql(Object.assign(strings, { raw: strings }) as unknown as TemplateStringsArray, ...values);
  try {
    const rows = (await ask(query)).toArray() as readonly { column_name: string; column_type: string }[];
    return { columns: rows.map((row) => ({ name: row.column_name, type: row.column_type })) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (!/The SQL failed: (?:Binder|Parser|Catalog|Conversion) Error/.test(message)) throw error;
    return { fault: { message, words: wordsOfSqlError(message), linesBefore: 1 } };
  }
}

async function functionsOf(ask: Ask): Promise<readonly KnownFunction[]> {
  const table = await ask(sql`
    select function_name as name, any_value(array_to_string(parameters, ', ')) as arguments,
      any_value(description) as description
    from duckdb_functions()
    where function_type in ('scalar', 'aggregate', 'macro', 'table')
      and regexp_full_match(function_name, '[a-z][a-z0-9_]*') and not regexp_matches(function_name, '^(?:pg_|pragma_|duckdb_|has_|inet_|txid_|test_)')
    group by all order by all`);
  const rows = table.toArray() as readonly {
    name: string;
    arguments: string | null;
    description: string | null;
  }[];
  const windows = commonFunctions.filter(({ name }) => !rows.some((row) => row.name === name));
  return [
    ...rows.map((row) => ({
      name: row.name,
      arguments: row.arguments ?? undefined,
      description: row.description ?? undefined,
    })),
    ...windows,
  ];
}
