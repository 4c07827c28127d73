import type { Table } from 'apache-arrow';
import { isCairnError } from '../errors/cairn-error.ts';
import { invalidArgument } from '../errors/pipeline-errors.ts';
import {
  checkpointNotFound,
  correlationIdRequired,
  duplicateWriter,
  schemaMismatch,
  unsupportedData,
} from '../errors/run-errors.ts';
import type { Engine, TableRef } from '../engine/engine.ts';
import { checkKeys } from '../pipeline/check.ts';
import { checkName } from '../pipeline/names.ts';
import { checkId, runJournalKey, runPrefix, taskJournalKey, taskPrefix } from '../store/keys.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { tableOfStreams } from './arrow-tables.ts';
import { storeCleaner, type Cleaner } from './cleaner.ts';
import { cleanupCorrelation, cleanupRun, type CleanupParts } from './cleanup.ts';
import { fingerprint } from './fingerprint.ts';
import { openJournal } from './journal.ts';
import { contentHash, type Manifest } from './manifest.ts';
import { readParts, writeParts } from './parts.ts';
import { streamOfData } from './table-data.ts';
import { unionQuery } from './union.ts';

/** What a {@link CheckpointStore} is made of. */
export interface CheckpointStoreOptions {
  readonly store: ObjectStore;
  /** Tells types and cuts parts; started by the first `put`, or by a `get` of several writers' parts. */
  readonly engine: Engine;
  /** The pipeline whose task the checkpoints of scope correlation belong to. */
  readonly pipeline: string;
  /** Removes the checkpoints of runs. @default one that deletes key by key */
  readonly cleaner?: Cleaner;
  /** @default the system's */
  readonly clock?: { now(): number };
}

/** Which run and which correlation; null and absent are the same. */
export interface CheckpointIds {
  readonly runId?: string | null;
  readonly correlationId?: string | null;
}

export interface CheckpointPutOptions extends CheckpointIds {
  readonly runId: string;
  readonly scope: 'run' | 'correlation';
  /** An apache-arrow Table, rows (an array of objects) or Arrow IPC bytes. */
  readonly data: unknown;
  /** Add this writer's rows to the other writers', replacing what it wrote before. @default false */
  readonly append?: boolean;
  /** Names the writer; required with `append`. */
  readonly writer?: string;
}

const putOptions = ['runId', 'correlationId', 'scope', 'data', 'append', 'writer'];

/**
 * Named tables kept by hand, outside a pipeline: what loom's `CheckpointStore` does, over an {@link ObjectStore}. It
 * reads what a pipeline's run has committed too, since both keep the same journals.
 */
export class CheckpointStore {
  readonly #options: CheckpointStoreOptions;
  // Two stores may share one engine.
  readonly #namespace = `put_${crypto.randomUUID().replaceAll('-', '')}`;
  #tables = 0;

  constructor(options: CheckpointStoreOptions) {
    checkName(options.pipeline, 'pipeline');
    this.#options = options;
  }

  /**
   * Keeps a table under a name.
   *
   * @throws CairnError `correlation_id_required`, `unsupported_data`, `duplicate_writer` when plain and appending
   *   writers meet under one name or two named plain ones do, `invalid_id`, `invalid_name`, `task_bound`
   */
  async put(name: string, options: CheckpointPutOptions): Promise<void> {
    checkKeys('put', options, putOptions, 'option');
    const { store, engine, pipeline, clock = Date } = this.#options;
    const { runId, correlationId = null, scope, data, append = false, writer } = options;
    checkName(name, 'checkpoint');
    checkId(runId, 'runId');
    if (scope !== 'run' && scope !== 'correlation') {
      throw invalidArgument(
        'put',
        `scope must be 'run' or 'correlation', not ${String(scope)}: the cache goes by fingerprints`,
      );
    }
    if (append && writer === undefined)
      throw invalidArgument('put', 'append needs a writer, so that a repeated write replaces its own rows');
    if (scope === 'correlation' && correlationId === null) throw correlationIdRequired(name);
    if (correlationId !== null) checkId(correlationId, 'correlationId');
    const stream = await streamOfData(data, (what) => unsupportedData(name, what));

    const inRun = scope === 'run' || correlationId === null;
    const [prefix, key] = inRun
      ? [runPrefix(runId), runJournalKey(runId)]
      : [taskPrefix(correlationId, pipeline), taskJournalKey(correlationId, pipeline)];
    const lease = await store.acquire(prefix);
    const table = this.#temporary();
    try {
      const journal = await openJournal(store, key, { lease });
      const before = journal.committed.get(name);
      if (before !== undefined) {
        if (before.append !== append) throw duplicateWriter(name, 'one appends and the other replaces');
        const [other] = before.writers.keys();
        if (!append && writer !== undefined && other !== '' && other !== writer) {
          throw duplicateWriter(name, `'${other}' and '${writer}' both replace`);
        }
      }
      const info = await engine.importParts(table, undefined, [stream]).catch((error: unknown) => {
        throw isCairnError(error, 'invalid_data')
          ? unsupportedData(name, 'a table that the engine cannot take')
          : error;
      });
      const { parts, stored } = await writeParts(engine, store, table, { signal: lease.signal });
      await stored;
      const content = contentHash(info.columns, parts);
      const components = { format: 1, kind: 'put', name, writer: writer ?? '', content };
      const at = new Date(clock.now()).toISOString();
      const manifest: Manifest = {
        formatVersion: 1,
        pipeline,
        step: name,
        scope,
        fingerprint: fingerprint(components),
        components,
        contentHash: content,
        volatile: false,
        columns: info.columns,
        rows: info.rows,
        bytes: parts.reduce((sum, part) => sum + part.bytes, 0),
        parts,
        engine: { name: engine.identity.name, version: engine.identity.version },
        runId,
        correlationId,
        createdAt: at,
      };
      await journal.append({
        type: 'complete',
        step: name,
        message: 'put',
        put: true,
        runId,
        attempt: journal.nextAttempt,
        manifest,
        writer,
        append: append || undefined,
        at,
      });
    } finally {
      await engine.dropTable(table).catch(() => undefined);
      await lease.release();
    }
  }

  /**
   * The table under a name: the run's first, then the correlation's.
   *
   * @throws CairnError `checkpoint_not_found`, `checkpoint_damaged`, `schema_mismatch` when appended rows do not fit
   *   the first writer's columns
   */
  async get(name: string, ids: CheckpointIds): Promise<Table> {
    checkKeys('get', ids, ['runId', 'correlationId'], 'option');
    checkName(name, 'checkpoint');
    const { runId = null, correlationId = null } = ids;
    const { store, pipeline } = this.#options;
    const keys: string[] = [];
    if (runId !== null) keys.push(runJournalKey(checkId(runId, 'runId')));
    if (correlationId !== null) keys.push(taskJournalKey(checkId(correlationId, 'correlationId'), pipeline));
    const known: string[] = [];
    for (const key of keys) {
      const { committed } = await openJournal(store, key);
      const manifests = [...(committed.get(name)?.writers.values() ?? [])].filter(
        (manifest) => manifest.contentHash,
      );
      if (manifests.length > 0) return this.#read(name, manifests);
      known.push(...committed.keys());
    }
    const tried = [
      runId === null ? '' : `run '${runId}'`,
      correlationId === null ? '' : `correlation '${correlationId}'`,
    ];
    const where = tried.filter((id) => id !== '').join(' or ');
    throw checkpointNotFound(
      name,
      where === '' ? 'can be found without a run or a correlation id' : `stands in ${where}`,
      known,
    );
  }

  /** Forgets a run's checkpoints; no error when there are none. @throws CairnError `invalid_id`, `task_bound` */
  cleanupRun(runId: string): Promise<void> {
    return cleanupRun(this.#cleanup(), runId);
  }

  /** Forgets a correlation's checkpoints; no error when there are none. @throws CairnError `invalid_id`, `task_bound` */
  cleanupCorrelation(correlationId: string): Promise<void> {
    return cleanupCorrelation(this.#cleanup(), correlationId);
  }

  #cleanup(): CleanupParts {
    const { store, cleaner = storeCleaner(store), clock = Date } = this.#options;
    return { store, cleaner, now: clock.now() };
  }

  async #read(name: string, manifests: readonly Manifest[]): Promise<Table> {
    const { store, engine } = this.#options;
    const [only] = manifests;
    if (only !== undefined && manifests.length === 1) return tableOfStreams(readParts(store, only));
    const inputs = manifests.map((manifest) => ({
      table: this.#temporary(),
      columns: manifest.columns,
      manifest,
    }));
    const union = this.#temporary();
    try {
      for (const { table, columns, manifest } of inputs)
        await engine.importParts(table, columns, readParts(store, manifest), { own: true });
      await engine.createTable(union, unionQuery(inputs)).catch((error: unknown) => {
        throw isCairnError(error, 'sql_failed') ? schemaMismatch(name, error) : error;
      });
      const streams: Uint8Array[] = [];
      for await (const part of engine.exportParts(union)) streams.push(part.bytes);
      return await tableOfStreams(streams);
    } finally {
      for (const { table } of [...inputs, { table: union }])
        await engine.dropTable(table).catch(() => undefined);
    }
  }

  #temporary(): TableRef {
    this.#tables += 1;
    return { namespace: this.#namespace, name: `t${this.#tables}` };
  }
}
