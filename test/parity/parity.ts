import { createRunner, type Engine, type ObjectStore, type RunResult } from '@cairn/core';
import { expectEqual, expectThat, type TestFunction } from '@cairn/core/testing';
import { parityCases, type ParityCase, type ParityData } from './cases/index.ts';

/** By case, by step: the content hash of its table. */
export type Golden = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What {@link paritySuite} needs of a runtime. */
export interface ParitySuiteOptions {
  /** The runtime's way to register a test; tests run one after the other. */
  readonly test: TestFunction;
  /** Registers what ends a suite. */
  readonly afterAll: (run: () => Promise<void>) => void;
  /** Called twice: what computes afresh and what restores share nothing. */
  readonly createEngine: () => Engine;
  /** An empty store for a case. */
  readonly createStore: (name: string) => ObjectStore;
  readonly data: ParityData;
  readonly golden: Golden;
  /** Given a case's hashes instead of comparing them with the golden ones. */
  readonly rewrite?: ((name: string, hashes: Readonly<Record<string, string>>) => void) | undefined;
}

/** The same engine or store, for runners to close in vain: it is closed when the suite ends. */
function lasting<T extends Engine | ObjectStore>(owner: T): T {
  return { ...owner, close: () => Promise.resolve() };
}

function hashesOf(result: RunResult): Record<string, string> {
  const hashes: Record<string, string> = {};
  for (const [name, { contentHash }] of result.steps)
    if (contentHash !== undefined) hashes[name] = contentHash;
  return hashes;
}

async function runOnce(
  { pipeline, params }: ParityCase,
  engine: Engine,
  store: ObjectStore,
  force: readonly string[],
): Promise<RunResult> {
  await using runner = createRunner({ engine: lasting(engine), store: lasting(store) });
  return await runner.run(pipeline, params, { force });
}

/**
 * The tests that a runtime computes the bytes that every other one does: each case afresh, and then again its steps by
 * another engine that reads their inputs back from checkpoints.
 */
export function paritySuite(options: ParitySuiteOptions): void {
  const { test, afterAll, createEngine, createStore, data, golden, rewrite } = options;
  const computing = createEngine();
  const restoring = createEngine();
  afterAll(async () => {
    await computing.close();
    await restoring.close();
  });
  const cases = parityCases(data);

  for (const one of cases) {
    test(one.name, async () => {
      const store = createStore(one.name);
      try {
        const afresh = hashesOf(await runOnce(one, computing, store, []));
        if (rewrite) rewrite(one.name, afresh);
        else
          expectEqual(afresh, golden[one.name], `'${one.name}' computed afresh, against the golden hashes`);
        for (const force of one.rounds) {
          const again = await runOnce(one, restoring, store, force);
          for (const [name, { outcome }] of again.steps) {
            const expected = force.includes(name) ? 'complete' : 'reused';
            expectThat(
              !(name in afresh) || outcome === expected,
              `step '${name}' was ${outcome}, not ${expected}`,
            );
          }
          expectEqual(hashesOf(again), afresh, `'${one.name}' over restored inputs of ${force.join(', ')}`);
        }
      } finally {
        await store.close();
      }
    });
  }

  test('no golden hash is left over', async () => {
    const names = cases.map(({ name }) => name);
    expectThat(new Set(names).size === names.length, 'two cases have one name');
    if (!rewrite)
      expectEqual(Object.keys(golden).toSorted(), names.toSorted(), 'the cases of the golden file');
  });
}
