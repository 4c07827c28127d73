import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { memoryFolder } from './memory-folder.js';
import { prepareStore } from './prepared-store.js';
import { scenarios, statesOf, type State } from './scenarios.mjs';
import { startSteps } from './steps.js';

interface Failed {
  /** The step's. */
  readonly name: string;
  readonly code: string;
  readonly details: { readonly operation: string; readonly key: string };
  /** The code of the cause. */
  readonly cause: string;
  /** What was there after it. */
  readonly state: State;
  /** What could be there. */
  readonly states: readonly State[];
}

interface Told {
  readonly failures: readonly Failed[];
  readonly state: State;
  /** False when there were not so many calls. */
  readonly isOver: boolean;
}

const operations: Readonly<Record<string, readonly [operation: string | RegExp, key: RegExp]>> = {
  acquire: ['lock', /^runs\/r\/$/],
  force: ['lock', /^runs\/r\/$/],
  release: ['unlock', /^runs\/r\/$/],
  put: ['write', /(?:value|other)$/],
  'put if absent': ['write', /deep\/er$/],
  append: ['append to', /journal$/],
  'append again': ['append to', /journal$/],
  'first append': ['append to', /log$/],
  replace: ['append to', /journal$/],
  delete: ['delete', /(?:deep\/er|other)$/],
  'put if absent of what is there': ['write', /other$/],
  'put if absent of what was there': ['write', /other$/],
  touch: ['touch', /other$/],
  'touch of nothing': ['touch', /other$/],
  'delete by another time': [/^(?:list|delete)$/, /other$/],
  'delete by its time': [/^(?:list|delete)$/, /other$/],
  'delete by its time, again': [/^(?:list|delete)$/, /other$/],
};
// Of the many calls that read, a third by default.
const isAll = process.env['CAIRN_CRASH'] === 'all';
let folder: string;

beforeAll(() => {
  folder = memoryFolder();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each(Object.entries(scenarios))('%s', (name, scenario) => {
  test.each([
    ['a disk that is full', 'ENOSPC'],
    ['a disk that cannot be read', 'EIO'],
    ['a file system that cannot be written to for a moment', 'EROFS'],
  ])('%s is told as it is, leaves nothing half, and is got over', async (_, code) => {
    const template = join(folder, `${name} ${code}`);
    await prepareStore(template, scenario);
    const steps = startSteps('fault-steps.mjs');
    const failed = new Set<string>();
    for (let at = 1; ; at += isAll || code !== 'EIO' ? 1 : 3) {
      const root = `${template} ${at}`;
      await cp(template, root, { recursive: true });
      steps.tell({ root, scenario: name, code, at });
      const { failures, state, isOver } = (await steps.next()) as Told;
      for (const failure of failures) {
        const where = `${failure.name}, call ${at}`;
        const [operation, key] = operations[failure.name] ?? [];
        expect(failure, where).toMatchObject({ code: 'store_failed', cause: code });
        expect(failure.details.operation, where).toMatch(operation ?? '');
        expect(failure.details.key, where).toMatch(key ?? '');
        expect(failure.states, where).toContainEqual(failure.state);
        failed.add(failure.name);
      }
      expect(state, `call ${at}`).toEqual(statesOf(scenario).at(-1));
      if (!isOver) break;
    }
    await steps.end();
    // Where every step does something that can fail so, every step did.
    const changing = Object.keys(scenario.changes).filter(
      (step) =>
        !['delete by another time', 'touch of nothing'].includes(step) &&
        (code === 'EROFS' || !/^(?:release|delete$|touch|.*what is)/.test(step)) &&
        // What is put without a lease and without a flush reads nothing.
        !(code === 'EIO' && step === 'put' && name === 'beside a collector'),
    );
    if (code === 'EIO' && !isAll) return;
    expect([...failed].toSorted()).toEqual(expect.arrayContaining(changing.toSorted()));
  });
});
