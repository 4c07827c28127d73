import { sinkSuite, sourceSuite } from '@cairn/core/testing';
import { fromCsv, toCsv } from '@cairn/plugins/csv';
import { createWebEngine } from '@cairn/web';
import { duckDbAssets } from '@cairn/web/assets';
import { afterAll, describe, test } from 'vitest';

const engine = createWebEngine({ assets: duckDbAssets });
afterAll(() => engine.close());
let count = 0;

/** A folder of the page's own files, and a handle of a file in it that is not there yet. */
async function ownFolder() {
  const root = await navigator.storage.getDirectory();
  const name = `suite-${Date.now()}-${(count += 1)}`;
  const folder = await root.getDirectoryHandle(name, { create: true });
  const handle = await folder.getFileHandle('file.csv', { create: true });
  const write = async (text: string): Promise<void> => {
    const writable = await handle.createWritable();
    await writable.write(text);
    await writable.close();
  };
  // What a killed page was writing stays open as long as this page does.
  const end = (): Promise<void> => root.removeEntry(name, { recursive: true }).catch(() => undefined);
  return { folder, handle, write, end };
}

const csv = (word: string): string =>
  `id,name\n${Array.from({ length: 20_000 }, (_, index) => `${index},${word}`).join('\n')}\n`;

describe.each(['content', 'stat'] as const)('fromCsv of a handle, by %s', (identity) => {
  sourceSuite({
    test,
    engine,
    create: async () => {
      const { folder, handle, write, end } = await ownFolder();
      await write(csv('one'));
      return {
        connector: fromCsv({ file: handle, identity }),
        rows: 20_000,
        change: () => write(csv('other')),
        remove: () => folder.removeEntry('file.csv'),
        end,
      };
    },
  });
});

describe('toCsv to a handle', () => {
  sinkSuite({
    test,
    engine,
    supports: { survivesProcess: false },
    create: async () => {
      const { folder, handle, write, end } = await ownFolder();
      await folder.removeEntry('file.csv');
      const textOf = (): Promise<string | undefined> =>
        handle.getFile().then(
          (file) => file.text(),
          () => undefined,
        );
      return {
        connector: toCsv({ handle }),
        again: () => toCsv({ handle }),
        // What a picker makes is an empty file, and so is what the browser swaps.
        current: async () => ((await textOf()) === '' ? undefined : textOf()),
        tamper: () => write('id,name\n'),
        remove: () => folder.removeEntry('file.csv'),
        end,
      };
    },
  });
});
