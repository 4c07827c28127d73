import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { sharedEngine, temporaryFolder } from '../run/fixtures.js';
import { killedByOneself } from './killed.js';
import { inspect, inspectRecords } from './inspect.js';
import { begunIn, live, type Life } from './lives.js';
import type { Death } from './mortal-store.js';

const engine = sharedEngine();
let undisturbed: Life;
let output: Buffer;

beforeAll(async () => {
  const folder = temporaryFolder();
  undisturbed = await live(engine, folder);
  output = readFileSync(join(folder, 'out.csv'));
});

test('undisturbed, the pipeline does what the kills are counted by', () => {
  expect(undisturbed.diary).toEqual(['summed', 'rollback 1', 'summed', 'checked', 'checked', 'notify']);
  expect(Object.keys(undisturbed.hashes ?? {})).toHaveLength(11);
  expect(undisturbed.operations.length).toBeGreaterThan(60);
});

/** Holds what goes on after a death to the promises. */
async function resume(folder: string, what: string, concurrency = 1): Promise<void> {
  const committed = await inspect(folder, output);
  const next = await live(engine, folder, undefined, concurrency);
  const again = begunIn(next).filter((step) => committed.includes(step));
  expect(again, `${what}: begun again although committed`).toEqual([]);
  expect(next.hashes, what).toEqual(undisturbed.hashes);
  expect(readFileSync(join(folder, 'out.csv')).equals(output), what).toBe(true);
  await inspect(folder, output);
  await inspectRecords(folder);
  rmSync(folder, { recursive: true, force: true });
}

describe('ended at every operation of its store, the pipeline resumes to the same:', () => {
  test.each<[Death['when'], number]>([
    ['before', 1],
    ['during', 1],
    // What is done when one operation has ended is what is done before the next; so here several steps go side by side.
    ['after', 4],
  ])(
    '%s it, with %i at a time',
    async (when, concurrency) => {
      let kills = 0;
      for (const [index, operation] of undisturbed.operations.entries()) {
        // Half of what only reads or takes a lease is all of it or nothing.
        if (when === 'during' && !/^(put|append) /.test(operation)) continue;
        // The rest of these are for `npm run test:crash`.
        if (when === 'after' && index % 4 !== 1) continue;
        const at = index + 1;
        const what = `${when} operation ${at}, ${operation}`;
        const folder = temporaryFolder();
        const { hashes } = await live(engine, folder, { at, when }, concurrency);
        await resume(folder, what, concurrency);
        // Side by side, and for what depends on time, an operation fewer or more may come before the end.
        if (hashes === undefined) kills += 1;
        else if (concurrency === 1) expect(at, what).toBeGreaterThan(undisturbed.operations.length - 5);
      }
      expect(kills).toBeGreaterThan(15);
      console.info(`killed ${when} ${kills} of ${undisturbed.operations.length} operations`);
    },
    400_000,
  );
});

test('killed with SIGKILL at some of them, it resumes to the same', async () => {
  const count = undisturbed.operations.length;
  let kills = 0;
  for (const [when, from] of [
    ['before', 3],
    ['during', 9],
    ['after', 15],
  ] as const) {
    for (let at = from; at <= count; at += 27) {
      const folder = temporaryFolder();
      await killedByOneself(folder, [{ at, when }]);
      await resume(folder, `SIGKILL ${when} operation ${at}`);
      kills += 1;
    }
  }
  console.info(`killed ${kills} processes with SIGKILL`);
}, 200_000);
