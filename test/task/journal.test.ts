import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { definePipeline, effect, type ObjectStore, type Pipeline } from '@cairn/core';
import { encodeRecord } from '@cairn/core/store';
import { fsStore } from '@cairn/node';
import { describe, expect, test } from 'vitest';
import { errorOf, temporaryFolder, testRunner } from '../run/fixtures.js';
import { noEngine } from './no-engine.js';

const key = 'correlations/job/chain/journal';
const options = { correlationId: 'job' };

function chain(version = '1'): Pipeline {
  const a = effect('a', {}, () => ({ from: 'a' }), { version, reuse: true });
  const b = effect('b', {}, () => ({ from: 'b' }), { after: [a], reuse: true });
  return definePipeline({ name: 'chain', processes: { main: [a, b] } });
}

async function records(store: ObjectStore): Promise<{ readonly type: string }[]> {
  const found: { readonly type: string }[] = [];
  for await (const record of store.log(key))
    found.push(JSON.parse(new TextDecoder().decode(record)) as { type: string });
  return found;
}

describe('a journal', () => {
  test('most of which is superseded is written anew, and says the same', async () => {
    const root = temporaryFolder();
    const store = fsStore({ root });
    const { runner } = testRunner({ engine: noEngine, store });
    let [runs, largest] = [0, 0];
    const isAnew = async (): Promise<boolean> => (await records(store))[0]?.type === 'snapshot';
    while (!(await isAnew()) && runs < 100) {
      const task = await runner.bind(chain(), undefined, options);
      // When it was written anew just now, this compares what was read with what was written.
      expect(await task.checkSync()).toBe(true);
      expect(task.cumulativeAttempts).toBe(runs === 0 ? 0 : runs + 1);
      await task.execute({ force: runs % 2 === 0 ? ['a'] : ['b'] });
      await task.unbind();
      runs += 1;
      largest = Math.max(largest, (await records(store)).length);
    }
    expect(largest).toBeGreaterThan(256);
    expect((await records(store)).length).toBeLessThan(10);
    const task = await runner.bind(chain(), undefined, options);
    // What a snapshot holds is reused, and what is appended after it counts.
    const result = await task.execute();
    expect([...result.steps.values()].map(({ outcome }) => outcome)).toEqual(['reused', 'reused']);
    expect([result.attempt, task.cumulativeAttempts]).toEqual([1, runs + 1]);
    expect(task.stages.get('b')?.history.length).toBeGreaterThan(60);
    await runner.close();
  });

  test('cut short at any byte of its last records is read up to the last whole one', async () => {
    const root = temporaryFolder();
    const { runner } = testRunner({ engine: noEngine, store: fsStore({ root }) });
    await runner.run(chain(), undefined, options);
    await runner.close();
    const path = journalPath(root);
    const whole = readFileSync(path);
    const seen = new Set<string>();
    for (let length = whole.length; length >= 0; length -= 7) {
      writeFileSync(path, whole.subarray(0, length));
      const task = await testRunner({ engine: noEngine, store: fsStore({ root }) }).runner.bind(
        chain(),
        undefined,
        { ...options, noLock: true },
      );
      seen.add([...task.stages.values()].map(({ status }) => status).join(' '));
      await task.unbind();
    }
    expect([...seen]).toEqual([
      'complete complete complete',
      'running complete running',
      'created complete created',
      'running running created',
      'created created created',
    ]);
    writeFileSync(path, whole.subarray(0, whole.length - 400));
    const again = testRunner({ engine: noEngine, store: fsStore({ root }) }).runner;
    const result = await again.run(chain(), undefined, options);
    expect(result.steps.get('a')?.outcome).toBe('reused');
    await again.close();
  });

  test('changed in the middle is refused by name', async () => {
    const root = temporaryFolder();
    const { runner } = testRunner({ engine: noEngine, store: fsStore({ root }) });
    await runner.run(chain(), undefined, options);
    await runner.close();
    const path = journalPath(root);
    const whole = readFileSync(path);
    for (const share of [0.1, 0.3, 0.5, 0.7]) {
      const changed = Buffer.from(whole);
      const at = Math.floor(share * whole.length);
      changed[at] = (changed[at] ?? 0) ^ 4;
      writeFileSync(path, changed);
      const { runner } = testRunner({ engine: noEngine, store: fsStore({ root }) });
      const error = await errorOf(runner.run(chain(), undefined, options), 'journal_damaged');
      expect(error.message).toContain(key);
      await runner.close();
    }
  });

  test('of a million records is read, and then is small', async () => {
    const root = temporaryFolder();
    const { runner } = testRunner({ engine: noEngine, store: fsStore({ root }) });
    await runner.run(chain(), undefined, options);
    await runner.close();
    const store = fsStore({ root });
    const path = journalPath(root);
    const encoder = new TextEncoder();
    const frame = (event: string): Uint8Array =>
      encodeRecord(
        encoder.encode(
          `{"at":"2026-01-01T00:00:00.000Z","attempt":1,"event":"${event}","message":"","runId":"r","step":"b","type":"stage"}`,
        ),
      );
    const cycle = Buffer.concat([frame('start'), frame('retry')]);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(
      path,
      Buffer.concat([readFileSync(path), frame('reset'), Buffer.alloc(cycle.length * 500_000, cycle)]),
    );
    expect(statSync(path).size).toBeGreaterThan(100_000_000);
    const next = testRunner({ engine: noEngine, store });
    const task = await next.runner.bind(chain(), undefined, options);
    expect(task.stages.get('b')).toMatchObject({ status: 'retry', attempts: 500_001 });
    expect(task.stages.get('b')?.history).toHaveLength(100);
    const result = await task.execute();
    expect(result.steps.get('b')?.outcome).toBe('reused');
    expect(statSync(journalPath(root)).size).toBeLessThan(100_000);
    expect(await task.checkSync()).toBe(true);
    await next.runner.close();
  });
});

/** Where the journal's file is. */
function journalPath(root: string): string {
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' });
  const found = names.filter((name) => name.endsWith('/journal')).toSorted();
  return join(root, found.at(-1) ?? key);
}
