import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fsStore } from '@cairn/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const written = ['{"type":"task"}', '{"type":"run_begun","attempt":1}', '{"type":"complete","step":"a"}'];
let root: string;
let path: string;
let whole: Uint8Array;
/** Where each record's frame begins, and where the last one ends. */
const offsets: number[] = [0];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cairn-store-'));
  path = join(root, 'log');
  const store = fsStore({ root });
  for (const record of written) {
    await store.append('log', text(record));
    offsets.push((await readFile(path)).length);
  }
  await store.close();
  whole = new Uint8Array(await readFile(path));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** Reads the log with a new store, as a process does that comes after a crash. */
async function readAnew(): Promise<string[]> {
  const store = fsStore({ root });
  try {
    const found: string[] = [];
    for await (const record of store.log('log')) found.push(new TextDecoder().decode(record));
    return found;
  } finally {
    await store.close();
  }
}

async function appendAnew(...records: string[]): Promise<void> {
  const store = fsStore({ root });
  try {
    for (const record of records) await store.append('log', text(record), { sync: true });
  } finally {
    await store.close();
  }
}

const flipped = (at: number, bits = 0x55): Uint8Array =>
  whole.map((byte, index) => (index === at ? byte ^ bits : byte));
const [lastBegins, lastEnds] = [(): number => offsets[2] as number, (): number => offsets[3] as number];

describe('a torn last record is not there, and what is appended after it is', () => {
  test('cut off at every byte', async () => {
    for (let length = lastBegins(); length < lastEnds(); length += 1) {
      await writeFile(path, whole.subarray(0, length));
      expect(await readAnew()).toEqual(written.slice(0, 2));
      await appendAnew('next', 'one more');
      expect(await readAnew(), `cut off at byte ${length}`).toEqual([
        ...written.slice(0, 2),
        'next',
        'one more',
      ]);
    }
  });

  test('filled with zeros from every byte on, as after a loss of power', async () => {
    for (let length = lastBegins(); length < lastEnds(); length += 1) {
      await writeFile(
        path,
        whole.map((byte, at) => (at < length ? byte : 0)),
      );
      const kept = (await readAnew()).length;
      // The record's own last bytes may be zero; here they are not.
      expect(kept).toBe(2);
      await appendAnew('next');
      expect(await readAnew()).toEqual([...written.slice(0, 2), 'next']);
    }
  });

  test('followed by a page of zeros', async () => {
    for (const length of [lastBegins(), lastBegins() + 7, lastBegins() + 25, lastEnds()]) {
      const bytes = new Uint8Array(length + 4096);
      bytes.set(whole.subarray(0, length));
      await writeFile(path, bytes);
      const kept = length === lastEnds() ? written : written.slice(0, 2);
      expect(await readAnew()).toEqual(kept);
      await appendAnew('next');
      expect(await readAnew()).toEqual([...kept, 'next']);
    }
  });

  test('torn again and again', async () => {
    await writeFile(path, whole.subarray(0, lastBegins() + 9));
    const expected = written.slice(0, 2);
    for (const [round, cut] of [1, 13, 19, 20, 21, 24].entries()) {
      await appendAnew('a record that will be torn');
      const bytes = await readFile(path);
      await writeFile(path, bytes.subarray(0, bytes.length - 46 + cut));
      expect(await readAnew()).toEqual(expected);
      if (round % 2 === 0) continue;
      await appendAnew(`round ${round}`);
      expected.push(`round ${round}`);
      expect(await readAnew()).toEqual(expected);
    }
  });

  test('the first record of a log', async () => {
    for (let length = 0; length < (offsets[1] as number); length += 1) {
      await writeFile(path, whole.subarray(0, length));
      expect(await readAnew()).toEqual([]);
      await appendAnew('next');
      expect(await readAnew()).toEqual(['next']);
    }
  });

  test('with a flipped byte', async () => {
    for (let at = lastBegins(); at < lastEnds(); at += 1) {
      await writeFile(path, flipped(at));
      expect(await readAnew()).toEqual(written.slice(0, 2));
      await appendAnew('next');
      expect(await readAnew()).toEqual([...written.slice(0, 2), 'next']);
    }
  });

  test('that holds a log itself', async () => {
    await writeFile(path, whole);
    const store = fsStore({ root });
    await store.append('log', whole);
    await store.append('log', text('last'));
    await store.close();
    const bytes = await readFile(path);
    const begins = whole.length;
    const ends = bytes.length - 24;
    for (let length = begins; length < ends; length += 1) {
      await writeFile(path, bytes.subarray(0, length));
      expect(await readAnew()).toEqual(written);
      if (length % 10 !== 0) continue;
      await appendAnew('next', 'one more');
      expect(await readAnew()).toEqual([...written, 'next', 'one more']);
    }
  });

  test('while the log is open in a store that has appended to it', async () => {
    await writeFile(path, whole);
    const store = fsStore({ root });
    await store.append('log', text('before'));
    const bytes = await readFile(path);
    await writeFile(path, bytes.subarray(0, bytes.length - 3));
    await store.append('log', text('after'));
    await store.close();
    expect(await readAnew()).toEqual([...written, 'after']);
  });
});

describe('a damaged record before the last is told, and nothing is written', () => {
  test('a flipped byte anywhere', async () => {
    for (let at = 0; at < lastBegins(); at += 1) {
      for (const bits of [0x01, 0x80, 0xff]) {
        const bytes = flipped(at, bits);
        await writeFile(path, bytes);
        const offset = at < (offsets[1] as number) ? 0 : offsets[1];
        const damaged = { code: 'journal_damaged', details: { key: 'log', offset } };
        await expect(readAnew(), `byte ${at}`).rejects.toMatchObject(damaged);
        if (bits === 0xff) await expect(appendAnew('next')).rejects.toMatchObject(damaged);
        expect(new Uint8Array(await readFile(path))).toEqual(bytes);
      }
    }
  });

  test('a record that is missing some of its bytes, or has some too many', async () => {
    const middle = offsets[1] as number;
    for (const bytes of [
      [...whole.subarray(0, middle + 25), ...whole.subarray(middle + 26)],
      [...whole.subarray(0, middle + 25), 0, ...whole.subarray(middle + 25)],
      [...whole.subarray(0, middle + 5), ...whole.subarray(middle + 9)],
      [...whole.subarray(0, middle), 0, ...whole.subarray(middle)],
    ]) {
      await writeFile(path, Uint8Array.from(bytes));
      await expect(readAnew()).rejects.toMatchObject({ code: 'journal_damaged' });
      await expect(appendAnew('next')).rejects.toThrow(
        `The log 'log' is damaged: the record at byte ${middle}`,
      );
    }
  });

  test('followed by a record that is torn', async () => {
    const bytes = flipped((offsets[1] as number) + 25).subarray(0, lastEnds() - 1);
    await writeFile(path, bytes);
    await expect(readAnew()).rejects.toMatchObject({ code: 'journal_damaged' });
  });

  test('zeros in the middle', async () => {
    await writeFile(
      path,
      whole.map((byte, at) => (at >= (offsets[1] as number) && at < lastBegins() ? 0 : byte)),
    );
    await expect(readAnew()).rejects.toMatchObject({ code: 'journal_damaged' });
  });
});
