import type { TableSize } from '../engine/engine.ts';
import type { PlannedStep } from '../pipeline/plan.ts';
import type { Session } from './session.ts';
import type { Claim } from './turns.ts';

/** What an engine that does not tell needs for a value, where a table's parts do not tell either. */
const guessedBytes = 16;

/** What the budget asks of a run's tables. */
export interface BudgetedTables {
  /** The steps that have yet to read a table. */
  readers(name: string): Iterable<string>;
  /** Names of the tables that a step reads, and of its own. */
  neededBy(step: PlannedStep): readonly string[];
  /** Says whether a table stands in the engine and can be brought back from the store. */
  canReturn(name: string): boolean;
  drop(name: string): Promise<void>;
}

/** Keeps the tables of a run within the runner's memory budget, as far as that is possible. */
export interface MemoryBudget {
  /** A table stands in the engine, or more is known of it. */
  made(name: string, table: TableSize): void;
  dropped(name: string): void;
  /**
   * Lets a step be at work: what it needs stays in the engine until the claim is given back. It is refused beside others when
   * all they need is more than the budget.
   */
  claim(step: PlannedStep): Claim;
  /** Says whether all fits that stands and that steps at work need besides. */
  hasRoom(): boolean;
  /**
   * Drops tables that no step at work needs, least needed first, until there is room for those that they do need.
   *
   * @param isPatient Whether it waits for tables that are not committed yet
   */
  makeRoom(isPatient: boolean): Promise<void>;
}

/** Makes the budget of one pass of a run. */
export function memoryBudget(session: Session, tables: BudgetedTables): MemoryBudget {
  const { engine, memoryBudget: budget } = session.parts;
  const atWork = new Set<{ readonly step: PlannedStep }>();
  let held = new Map<string, number>();
  let [total, losses] = [0, 0];

  const current = (): Map<string, number> => {
    if (losses !== session.losses.length) {
      held = new Map();
      [total, losses] = [0, session.losses.length];
    }
    return held;
  };

  const bytesOf = (table: TableSize | undefined): number => {
    // A sink and an effect have none.
    if (table === undefined || table.columns.length === 0) return 0;
    const { rows, columns, bytes } = table;
    return engine.tableMemory?.(table) ?? bytes ?? rows * columns.length * guessedBytes;
  };

  const set = (name: string, bytes: number): void => {
    const before = current().get(name) ?? 0;
    total += bytes - before;
    if (bytes === 0) held.delete(name);
    else held.set(name, bytes);
  };

  /** What a table that is yet to be made is expected to take: what it took last time, or as much as the largest that it is made of. */
  const expected = ({ name }: PlannedStep, largest: number): number =>
    bytesOf(session.journal.committed.get(name)?.writers.get('')) || largest;

  /** What the steps at work need, each table once. */
  const needOf = (): { readonly names: Set<string>; readonly bytes: number } => {
    const names = new Set<string>();
    let bytes = 0;
    for (const { step } of atWork) {
      let [largest, own] = [0, 0];
      for (const name of tables.neededBy(step)) {
        const size = current().get(name) ?? bytesOf(session.states.get(name)?.manifest);
        if (name === step.name) own = size;
        else largest = Math.max(largest, size);
        if (!names.has(name)) bytes += size;
        names.add(name);
      }
      if (own === 0) bytes += expected(step, largest);
    }
    return { names, bytes };
  };

  /** By how much all that stands, and what steps at work need besides, is more than the budget. */
  const excess = (): number => {
    const { names, bytes } = needOf();
    const standing = current();
    let all = total + bytes;
    for (const name of names) all -= standing.get(name) ?? 0;
    return all - budget;
  };

  return {
    made: (name, table) => set(name, bytesOf(table)),
    dropped: (name) => set(name, 0),
    claim: (step) => (isFirst) => {
      const work = { step };
      atWork.add(work);
      const release = (): void => void atWork.delete(work);
      if (isFirst || needOf().bytes <= budget) return release;
      release();
      return undefined;
    },
    hasRoom: () => excess() <= 0,
    async makeRoom(isPatient) {
      if (excess() <= 0) return;
      // Few runs come here.
      const { leastNeeded } = await import('./least-needed.ts');
      for (const waits of isPatient ? [false, true] : [false]) {
        for (const name of leastNeeded(session.plan, current().keys(), tables)) {
          if (excess() <= 0) return;
          if (needOf().names.has(name)) continue;
          if (waits) await session.commits.get(name)?.catch(() => undefined);
          // Others went on meanwhile.
          if (tables.canReturn(name) && !needOf().names.has(name)) await tables.drop(name);
        }
      }
    },
  };
}
