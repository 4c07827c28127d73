import { isCairnError } from '../errors/cairn-error.ts';
import { inputNotAvailable } from '../errors/run-errors.ts';
import type { TableInfo } from '../engine/engine.ts';
import { readPart, readParts } from '../checkpoint/parts.ts';
import { checkInputs } from '../pipeline/plan-checks.ts';
import type { PlannedStep } from '../pipeline/plan.ts';
import { memoryBudget, type MemoryBudget } from './memory-budget.ts';
import { reportDamage } from './reuse.ts';
import type { Session, StepState } from './session.ts';

/** Thrown when a step that was computed again has another output than what its consumers went by. */
export class ContentChanged extends Error {}

/** The tables of a run that stand in the engine: loaded when a step needs them, dropped when none needs them more. */
export interface Tables extends Pick<MemoryBudget, 'claim' | 'hasRoom' | 'makeRoom'> {
  /** The table of a settled step in the engine, loaded from its checkpoint or computed when it is not there. */
  use(step: string): Promise<TableInfo>;
  /** The table's parts in order, straight from its checkpoint where it has one: that needs no engine. */
  read(step: string): AsyncIterable<Uint8Array>;
  /** True once a step that was computed again has come out differently: nothing may be committed in this pass. */
  readonly changed: boolean;
  /** A step that was computed again has come out differently. */
  contentChanged(): void;
  /** A step that was settled is computed again: its inputs' tables and its own stay until what is returned is called. */
  outOfTurn(step: PlannedStep): () => Promise<void>;
  /**
   * Takes note of a table that a step has just made.
   *
   * @param losses How often the engine had been lost when it was made. @default so often as by now
   */
  made(step: string, info: TableInfo, losses?: number): void;
  /** Says whether a table is in the engine. */
  stands(step: string): boolean;
  /** The steps that read a table and are not settled yet. */
  consumersOf(step: string): Iterable<string>;
  /** Resolves once a table that is being dropped is gone. */
  dropped(step: string): Promise<unknown>;
  /** A step has made its table: its inputs' tables may go when it was their last consumer. */
  readsNoMore(step: PlannedStep): Promise<void>;
  /** A step is settled: its inputs' tables may go when it was their last consumer, and its own when it has none. */
  settled(step: PlannedStep): Promise<void>;
  dropAll(): Promise<void>;
}

export function tables(
  session: Session,
  compute: (step: PlannedStep, tables: Tables) => Promise<StepState>,
): Tables {
  const { engine, store } = session.parts;
  const loading = new Map<string, Promise<TableInfo>>();
  const standing = new Map<string, { readonly info: TableInfo; readonly losses: number }>();
  const dropping = new Map<string, Promise<void>>();
  const computing = new Map<string, Promise<void>>();
  let changed = false;
  const consumers = new Map<string, Set<string>>();
  // What is computed out of turn was settled before, and so is no consumer of its inputs any more.
  const outOfTurn = new Set<PlannedStep>();
  for (const step of session.plan.steps) {
    consumers.set(step.name, new Set());
    for (const input of readsOf(step)) consumers.get(input)?.add(step.name);
  }

  /** The table, unless the engine that held it was lost. */
  const stands = (name: string): TableInfo | undefined => {
    const known = standing.get(name);
    return known?.losses === session.losses.length ? known.info : undefined;
  };

  const memory = memoryBudget(session, {
    readers: (name) => consumers.get(name) ?? [],
    neededBy: (step) => [...readsOf(step), step.name],
    canReturn: (name) =>
      stands(name) !== undefined && !loading.has(name) && !session.commits.has(name) && !isOpen(name),
    drop: (name) => drop(name).catch(() => undefined),
  });

  /**
   * Computes a step again, once however many ask for it, and makes sure that it came out as its consumers know it:
   * nobody gets to see its table before that.
   */
  const again = (name: string): Promise<void> => {
    const busy = computing.get(name);
    if (busy !== undefined) return busy;
    const work = (async () => {
      if (!session.isIncluded(name)) {
        const reader = session.plan.steps.find((step) => step.inputs.includes(name))?.name ?? name;
        const why =
          session.reasons.get(name)?.code === 'evicted'
            ? 'its table was evicted'
            : 'its checkpoint is damaged';
        throw inputNotAvailable(session.plan.pipeline, reader, name, why);
      }
      const before = session.states.get(name) as StepState;
      const step = session.steps.get(name) as PlannedStep;
      const done = self.outOfTurn(step);
      let after: StepState;
      try {
        after = await compute(step, self);
      } finally {
        await done();
        await release(step).catch(() => undefined);
      }
      if (after.key === before.key) return;
      changed = true;
      throw new ContentChanged();
    })().finally(() => computing.delete(name));
    computing.set(name, work);
    return work;
  };

  /** Tells of damage and computes the step again, as it does when the table was evicted; throws the error when it is neither. */
  const recover = async (name: string, error: unknown): Promise<void> => {
    const damage = damageIn(error);
    if (damage === undefined) throw error;
    if (isCairnError(damage, 'checkpoint_not_found')) {
      session.reasons.set(name, { code: 'evicted' });
      return again(name);
    }
    const step = session.steps.get(name) as PlannedStep;
    reportDamage(session, step, (session.states.get(name) as StepState).fingerprint, damage);
    session.reasons.set(name, { code: 'damaged' });
    await again(name);
  };

  const load = async (name: string): Promise<TableInfo> => {
    let { manifest, isEvicted } = session.states.get(name) as StepState;
    if (manifest !== undefined && isEvicted !== true) {
      await session.commits.get(name);
      ({ manifest, isEvicted } = session.states.get(name) as StepState);
    }
    if (manifest === undefined || isEvicted === true) {
      session.reasons.set(name, { code: manifest === undefined ? 'needed' : 'evicted' });
      await again(name);
    } else {
      try {
        const { signal, auto } = session;
        const options = { signal, own: true };
        const read = () =>
          engine.importParts(session.tableRef(name), manifest.columns, readParts(store, manifest), options);
        const info = await (auto === undefined ? read() : auto.reading(manifest.bytes, read));
        self.made(name, info);
      } catch (error) {
        await recover(name, error);
      }
    }
    return standing.get(name)?.info as TableInfo;
  };

  const drop = async (name: string): Promise<void> => {
    const known = stands(name) !== undefined || loading.has(name);
    standing.delete(name);
    memory.dropped(name);
    if (!known) return;
    const drop = engine.dropTable(session.tableRef(name)).finally(() => dropping.delete(name));
    dropping.set(name, drop);
    await drop;
  };

  const dropUnneeded = async (name: string): Promise<void> => {
    if (consumers.get(name)?.size !== 0) return;
    for (const step of outOfTurn) if (step.name === name || readsOf(step).includes(name)) return;
    await drop(name);
  };

  /** A step reads its inputs no more. */
  const release = async (step: PlannedStep): Promise<void> => {
    for (const input of readsOf(step)) {
      const isLast = consumers.get(input)?.delete(step.name) === true && consumers.get(input)?.size === 0;
      await dropUnneeded(input);
      // Nobody will ask for it any more.
      if (isLast && isOpen(input)) await release(session.steps.get(input) as PlannedStep);
    }
  };

  /** Says whether a step is settled without a table, and has to be computed for whoever asks for one. */
  const isOpen = (name: string): boolean => {
    const state = session.states.get(name);
    return state !== undefined && (state.manifest === undefined || state.isEvicted === true);
  };

  const self: Tables = {
    use(name) {
      const known = loading.get(name);
      if (known !== undefined) return known;
      const work = (async () => {
        await computing.get(name);
        await self.dropped(name);
        return stands(name) ?? load(name);
      })().finally(() => loading.delete(name));
      loading.set(name, work);
      return work;
    },
    async *read(name) {
      await session.commits.get(name);
      const manifest = session.states.get(name)?.manifest;
      if (manifest === undefined) {
        await self.use(name);
        for await (const part of engine.exportParts(session.tableRef(name), { signal: session.signal }))
          yield part.bytes;
        return;
      }
      let isRecovered = false;
      yield* readParts(store, manifest, async (part, error) => {
        // It may have been read ahead, before all parts were stored again.
        const again = isRecovered ? await readPart(store, manifest, part).catch(() => undefined) : undefined;
        if (again !== undefined) return again;
        await recover(name, error);
        isRecovered = true;
        await session.commits.get(name);
        // The same content has the same parts.
        return readPart(store, manifest, part);
      });
    },
    get changed() {
      return changed;
    },
    contentChanged: () => void (changed = true),
    outOfTurn(step) {
      outOfTurn.add(step);
      return async () => {
        outOfTurn.delete(step);
        for (const input of readsOf(step)) await dropUnneeded(input).catch(() => undefined);
      };
    },
    made(name, info, losses = session.losses.length) {
      standing.set(name, { info, losses });
      if (losses === session.losses.length) memory.made(name, session.states.get(name)?.manifest ?? info);
    },
    claim: memory.claim,
    hasRoom: memory.hasRoom,
    makeRoom: memory.makeRoom,
    stands: (step) => stands(step) !== undefined,
    consumersOf: (step) => consumers.get(step) ?? [],
    dropped: (step) => dropping.get(step)?.catch(() => undefined) ?? Promise.resolve(),
    async readsNoMore(step) {
      // What may have to be made for those that read it keeps its inputs until then.
      const isMade = !isOpen(step.name) || stands(step.name) !== undefined;
      if (isMade || consumers.get(step.name)?.size === 0) await release(step);
    },
    async settled(step) {
      const { name } = step;
      await self.readsNoMore(step);
      await dropUnneeded(name);
      const manifest = session.states.get(name)?.manifest;
      if (manifest !== undefined && stands(name) !== undefined) memory.made(name, manifest);
    },
    async dropAll() {
      for (const name of new Set([...loading.keys(), ...standing.keys()]))
        await drop(name).catch(() => undefined);
    },
  };
  return self;
}

/** The steps whose tables a step reads, its checks included. */
function readsOf({ inputs, checks }: PlannedStep): readonly string[] {
  return checks.length === 0 ? inputs : [...inputs, ...checkInputs(checks)];
}

/** The damage or the eviction that made an import fail: the store's own word, or parts that are no IPC streams of these columns. */
function damageIn(error: unknown): unknown {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (isCairnError(at) && ['checkpoint_damaged', 'checkpoint_not_found', 'invalid_data'].includes(at.code))
      return at;
  }
  return undefined;
}
