import { canceled, invalidTransformResult, schemaMismatch } from '../errors/run-errors.ts';
import { isCairnError } from '../errors/cairn-error.ts';
import { invalidData } from '../errors/connector-errors.ts';
import { unionQuery, type UnionInput } from '../checkpoint/union.ts';
import type { TableInfo, TablePiece } from '../engine/engine.ts';
import type { SourcePiece } from '../pipeline/connector.ts';
import type { Json } from '../pipeline/json.ts';
import type {
  PlannedEffect,
  PlannedFanIn,
  PlannedSink,
  PlannedSource,
  PlannedStep,
  PlannedTransform,
} from '../pipeline/plan.ts';
import { isSql } from '../pipeline/sql.ts';
import { abortable, abortableEach } from './abortable.ts';
import { bindChunks, bindFragment, bindResult } from './bind.ts';
import type { Made } from './commit.ts';
import { connectorContext, withSecrets } from './connector-context.ts';
import { headStartOf } from './head-starts.ts';
import { engineFiles } from './engine-files.ts';
import { openConnector } from './resources.ts';
import { identify } from './reuse.ts';
import { isoTime, type Session } from './session.ts';
import { stepContext } from './step-context.ts';
import type { Tables } from './tables.ts';
import { tableView } from './table-view.ts';
import { within } from './time-limit.ts';
import { warmObjects } from './warm-objects.ts';

/** What a step's code has made, before it is known under which fingerprint it is kept. */
interface Output {
  readonly info: TableInfo | undefined;
  /** How often the engine had been lost when the table was made; left out when that was just now. */
  readonly losses?: number;
  readonly receipt?: Made['receipt'];
  readonly result?: Made['result'];
  readonly identity?: string;
}

/** Runs a step's code over its inputs' tables. Nothing is committed here. */
export async function make(session: Session, tables: Tables, step: PlannedStep): Promise<Made> {
  if (step.kind === 'source' || step.kind === 'sink') await openConnector(session, step);
  // The engine's start is nobody's time.
  const { auto, parts } = session;
  if ((auto ?? step.timeoutMs) !== undefined && step.kind !== 'sink' && step.kind !== 'effect')
    await parts.engine.open({ signal: session.signal });
  const work = () =>
    step.kind === 'sink'
      ? write(session, tables, step)
      : within(session, step, (limited) => outputOf(limited, tables, step));
  const made = step.kind === 'sink' || step.kind === 'effect' ? undefined : warmObjects(parts);
  let output: Output | undefined;
  try {
    output = await (auto === undefined ? work() : auto.making(step, work));
  } finally {
    made?.(output?.info?.rows ?? 0);
  }
  if (output.info !== undefined) tables.made(step.name, output.info, output.losses);
  const known = session.identified.get(step.name);
  const { components, fingerprint } =
    known !== undefined && known.identity === output.identity
      ? known
      : identify(session, step, output.identity);
  return { components, fingerprint, info: output.info, receipt: output.receipt, result: output.result };
}

async function outputOf(
  session: Session,
  tables: Tables,
  step: Exclude<PlannedStep, PlannedSink>,
): Promise<Output> {
  const { engine } = session.parts;
  switch (step.kind) {
    case 'source':
      return readSource(session, step);
    case 'sql': {
      const ready = await headStartOf(session, step);
      if (ready !== undefined) return { info: ready };
      for (const input of step.inputs) await tables.use(input);
      const query = { parts: bindChunks(step.chunks, session.tableRef) };
      const { functions } = step;
      const { signal } = session;
      return { info: await engine.createTable(session.tableRef(step.name), query, { functions, signal }) };
    }
    case 'transform':
      return transform(session, tables, step);
    case 'fanIn':
      return { info: await unite(session, tables, step) };
    case 'effect': {
      const { value, result } = await runCode(session, tables, step);
      return { info: undefined, receipt: {}, result: result ?? (await asJson(value, step.name)) };
    }
  }
}

async function readSource(session: Session, step: PlannedSource): Promise<Output> {
  const { engine } = session.parts;
  const { signal } = session;
  const table = session.tableRef(step.name);
  const reading = step.connector.read(await connectorContext(session, step));
  const read = await abortable(reading, session.stop).catch((error: unknown) => {
    // Whatever is read after that is closed when it comes.
    void reading.then((late) => late.close?.(error)).catch(() => undefined);
    throw error;
  });
  const { data, identity } = read;
  let info: TableInfo;
  try {
    info =
      'streams' in data
        ? await engine.importParts(table, undefined, abortableEach(data.streams, session.stop), {
            signal,
            own: data.own === true,
          })
        : 'queries' in data
          ? await engine.createTableOf(table, piecesOf(data.queries, session), { signal })
          : await engine.createTable(
              table,
              { parts: bindFragment(data.query) },
              { files: await engineFiles(data.files, engine, session.parts.files, signal), signal },
            );
  } catch (error) {
    // The source may know better what an engine's error means.
    await read.close?.(error);
    throw error;
  }
  const losses = session.losses.length;
  await read.close?.();
  if (read.rows !== undefined && read.rows !== info.rows) {
    throw invalidData(`The source has ${read.rows} rows, but the engine read ${info.rows}`);
  }
  return { info, losses, identity, result: read.result?.(info.rows) };
}

async function* piecesOf(
  queries: AsyncIterable<SourcePiece>,
  { parts, signal, stop }: Session,
): AsyncGenerator<TablePiece> {
  for await (const { query, files } of abortableEach(queries, stop)) {
    yield {
      query: { parts: bindFragment(query) },
      files: await engineFiles(files, parts.engine, parts.files, signal),
    };
  }
}

async function transform(session: Session, tables: Tables, step: PlannedTransform): Promise<Output> {
  const { engine } = session.parts;
  const { signal } = session;
  const table = session.tableRef(step.name);
  const { value, result } = await runCode(session, tables, step);
  if (isSql(value)) {
    const { parts, functions } = bindResult(value, session.plan, step, session.tableRef);
    for (const input of value.steps) await tables.use(input.name);
    return { info: await engine.createTable(table, { parts }, { functions, signal }), result };
  }
  const { streamOfData } = await import('../checkpoint/table-data.ts');
  const stream = await streamOfData(value, (what, cause) => invalidTransformResult(step.name, what, cause));
  try {
    return { info: await engine.importParts(table, undefined, [stream], { signal }), result };
  } catch (error) {
    if (isCairnError(error, 'invalid_data'))
      throw invalidTransformResult(step.name, `a table that cannot be taken (${error.message})`, error);
    throw error;
  }
}

/** The union of the inputs: the first one's columns, later ones cast to them by name. */
async function unite(session: Session, tables: Tables, step: PlannedFanIn): Promise<TableInfo> {
  const { engine } = session.parts;
  const inputs: UnionInput[] = [];
  for (const input of step.inputs) {
    inputs.push({ table: session.tableRef(input), columns: (await tables.use(input)).columns });
  }
  try {
    return await engine.createTable(session.tableRef(step.name), unionQuery(inputs), {
      signal: session.signal,
    });
  } catch (error) {
    throw isCairnError(error, 'sql_failed') ? schemaMismatch(step.name, error) : error;
  }
}

/**
 * Writes aside, notes that in the journal, and makes it visible: a kill leaves the old output or the new one. Only the
 * first has a limited time: what makes it visible is the step's commit.
 */
async function write(session: Session, tables: Tables, step: PlannedSink): Promise<Output> {
  const { connector } = step;
  const { now } = session.parts;
  const context = await connectorContext(session, step);
  const leftover = session.journal.prepared.get(step.name);
  if (leftover !== undefined) await connector.rollback(leftover, context);

  const input = step.inputs[0] as string;
  const prepared = await within(session, step, async (limited) => {
    // What is written aside may have the same place, so there is never more than one at it.
    await abortable(session.abandoned.get(step.name) ?? Promise.resolve(), limited.stop);
    const view = await tableView(limited, tables, input);
    const preparing = connector.prepare(view, await connectorContext(limited, step));
    return abortable(preparing, limited.stop).catch((error: unknown) => {
      // Whatever comes of it after that is removed when it comes.
      const removed = preparing.then((late) => connector.rollback(late, context)).catch(() => undefined);
      session.abandoned.set(step.name, removed);
      throw error;
    });
  });
  try {
    session.stop.throwIfAborted();
    await session.journal.append({
      type: 'prepared',
      step: step.name,
      runId: session.runId,
      prepared,
      at: isoTime(now()),
    });
    return { info: undefined, receipt: await connector.commit(prepared, context) };
  } catch (error) {
    await connector.rollback(prepared, context).catch((failure: unknown) => {
      session.parts.logger.error({ err: failure, step: step.name }, 'a rollback failed');
    });
    throw error;
  }
}

async function runCode(
  session: Session,
  tables: Tables,
  step: PlannedTransform | PlannedEffect,
): Promise<{ value: unknown; result: Json | undefined }> {
  const { stop } = session;
  const inputs: Record<string, unknown> = {};
  for (const [name, argument] of Object.entries(step.arguments)) {
    if (argument.kind === 'step') {
      inputs[name] = await tableView(session, tables, argument.step);
    } else {
      inputs[name] =
        argument.kind === 'param' ? argument.value : await withSecrets(argument.secret, session, step.name);
    }
  }
  let result: Json | undefined;
  const context = stepContext(session, step, undefined, (json) => {
    result = json;
  });
  const running = async (): Promise<unknown> => step.run(inputs, context);
  let value: unknown;
  try {
    value = await abortable(running(), stop);
  } catch (error) {
    throw stop.aborted ? canceled(`Step '${step.name}'`, stop.reason) : error;
  }
  if (result !== undefined) result = await asJson(result, step.name);
  return { value, result };
}

async function asJson(value: unknown, step: string): Promise<Json> {
  if (value === undefined || value === null) return null;
  try {
    return JSON.parse(JSON.stringify(value)) as Json;
  } catch (error) {
    throw invalidTransformResult(step, 'a result that is no JSON', error);
  }
}
