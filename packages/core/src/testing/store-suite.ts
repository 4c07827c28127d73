import type { ObjectStore } from '../store/object-store.ts';
import { expectThat, type TestFunction } from './expectation.ts';
import type { OnStore } from './store-fixtures.ts';
import { closeTests, leaseTests, reopenTests } from './store-lease-tests.ts';
import { listTests, logTests } from './store-log-tests.ts';
import { objectTests } from './store-object-tests.ts';
import { touchTests } from './store-touch-tests.ts';
import { valueTests } from './store-value-tests.ts';

/** What {@link storeSuite} needs. */
export interface StoreSuiteOptions {
  /** Registers a test. */
  readonly test: TestFunction;
  /** Makes a store that holds nothing; called once a test. The suite closes it. */
  create(): Promise<ObjectStore>;
  /**
   * Opens another store over the same data as one that `create` made, which may be open or closed. Needed when the
   * store is durable or shared.
   */
  reopen?(store: ObjectStore): Promise<ObjectStore>;
}

/**
 * What every {@link ObjectStore} must do, as tests for any test runner. `supports` of the store decides what is asked
 * of it: nothing is asked that it does not claim.
 *
 * @example
 * ```ts
 * storeSuite({ test, create: async () => memoryStore() });
 * ```
 */
export function storeSuite(options: StoreSuiteOptions): void {
  const on: OnStore = (name, run) => {
    options.test(name, async () => {
      const store = await options.create();
      try {
        await run(store);
      } finally {
        await store.close();
      }
    });
  };
  valueTests(on);
  objectTests(on);
  touchTests(on);
  logTests(on);
  listTests(on);
  leaseTests(on);
  closeTests(on);
  const { reopen } = options;
  on('a store that claims to be durable or shared can be opened again', async ({ supports }) => {
    const mustReopen = supports.durable || supports.sharedAcrossProcesses;
    expectThat(!mustReopen || reopen !== undefined, 'the suite needs `reopen`');
  });
  if (reopen !== undefined) reopenTests(on, reopen);
}
