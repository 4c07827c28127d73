import type { Engine } from '../engine/engine.ts';
import { engineFailureTests } from './engine-failure-tests.ts';
import { engineMemoryTests } from './engine-memory-tests.ts';
import { engineTableTests } from './engine-table-tests.ts';
import { engineTypeTests } from './engine-type-tests.ts';
import { engineValueTests } from './engine-value-tests.ts';
import type { TestFunction } from './expectation.ts';

/** Options of {@link engineSuite}. */
export interface EngineSuiteOptions {
  /** The host's way to register a test. Tests must run one after the other. */
  readonly test: TestFunction;
  /** A new engine; most tests share one. */
  readonly create: () => Promise<Engine>;
}

/** What the tests of the suite are given. */
export interface EngineTests {
  readonly test: TestFunction;
  readonly create: () => Promise<Engine>;
  /** The engine that most tests share. */
  readonly shared: () => Promise<Engine>;
}

/**
 * The tests that every engine of the dialect `duckdb` must pass: lifecycle, bound values, types that survive a round
 * trip, cancellation, errors, namespaces, isolation, memory that is given back and the refusal of data that is none.
 */
export function engineSuite({ test, create }: EngineSuiteOptions): void {
  let engine: Promise<Engine> | undefined;
  const tests: EngineTests = { test, create, shared: () => (engine ??= create()) };
  engineTableTests(tests);
  engineValueTests(tests);
  engineTypeTests(tests);
  engineMemoryTests(tests);
  engineFailureTests(tests);
  test('closes, twice, and opens again', async () => {
    const open = await tests.shared();
    await open.close();
    await open.close();
    await open.open();
    await open.close();
  });
}
