import { fromCsv } from '@cairn/plugins/csv';
import { afterEach, expect, test, vi } from 'vitest';
import { bytesOf, contextOf } from './connecting.ts';

// 10 MiB: 40 pieces.
const csv = bytesOf(`a,b\n${'2001-01-02,12345\n'.repeat(620_000)}`).subarray(0, 10 * 1024 * 1024 - 3);
const connector = fromCsv({ bytes: csv.subarray(0, csv.lastIndexOf(10) + 1) });

/** A clock by which a piece of work takes some milliseconds. */
function everyPieceTakes(ms: number): void {
  let now = 0;
  vi.stubGlobal('performance', { now: () => (now += ms) });
}

afterEach(() => {
  vi.unstubAllGlobals();
});

test('others have their turn once reading went on for 20 ms', async () => {
  everyPieceTakes(5);
  let asked = 0;
  vi.stubGlobal(
    'MessageChannel',
    class extends MessageChannel {
      constructor() {
        super();
        asked += 1;
      }
    },
  );
  await connector.read(contextOf(connector));
  // Four pieces, then one look at the clock that tells when the turn was over.
  expect(asked).toBe(10);

  everyPieceTakes(0.1);
  asked = 0;
  await connector.read(contextOf(connector));
  expect(asked).toBe(0);
});

test('a turn is one of the event loop, not of promises alone', async () => {
  everyPieceTakes(25);
  let [turns, on] = [0, true];
  const turn = (): void => {
    turns += 1;
    if (on) setImmediate(turn);
  };
  setImmediate(turn);
  await connector.read(contextOf(connector));
  on = false;
  expect(turns).toBeGreaterThanOrEqual(39);
});

test('a cancelled run stops between two pieces', async () => {
  everyPieceTakes(25);
  const controller = new AbortController();
  const done: number[] = [];
  const context = contextOf(connector, {
    signal: controller.signal,
    progress: (bytes) => {
      done.push(bytes);
      controller.abort(new Error('enough'));
    },
  });
  await expect(connector.read(context)).rejects.toThrow('enough');
  expect(done).toHaveLength(1);
});
