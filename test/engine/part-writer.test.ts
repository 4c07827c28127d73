import { expect, test } from 'vitest';
import { partWriter } from '../../packages/core/dist/engine/part-writer.js';

const frame = { head: Uint8Array.of(1, 2), tail: Uint8Array.of(9), enough: 2 ** 24 };

test.each([
  ['small', 2 ** 17, 300],
  ['larger than the memory that is used again has to spare', 2 ** 22 - 5000, 9],
  ['very large', 12_000_000, 5],
  ['larger than a part', 40_000_000, 2],
])('parts of batches that are %s grow a few times at most, and hold all', (_, batch, count) => {
  const [taken, parts, wrote]: [number[], Uint8Array[], number[]] = [[], [], []];
  const room = {
    take: (bytes: number) => {
      taken.push(bytes);
      return new Uint8Array(bytes);
    },
    give: (piece: Uint8Array, length: number) => piece.subarray(0, length),
    giveBack: () => undefined,
  };
  const writer = partWriter(frame, room, count * batch * 0.5, batch);
  const column = new Uint8Array(batch / 500);
  for (let number = 0; number < count; number += 1) {
    for (let put = 0; put < 500; put += 1) writer.put(column.fill(number));
    writer.batchEnds();
    wrote.push(500 * column.length);
  }
  for (let part = writer.take(); part; part = writer.take()) parts.push(part);
  parts.push(writer.close());
  const all = wrote.reduce((sum, bytes) => sum + bytes, 0);
  expect(parts.reduce((sum, { length }) => sum + length - 3, 0)).toBe(all);
  for (const part of parts) {
    expect([...part.subarray(0, 2), part.at(-1)]).toEqual([1, 2, 9]);
    // A part ends with the batch that makes it long enough.
    expect((part.length - 3) % (500 * column.length)).toBe(0);
  }
  for (const part of parts.slice(0, -1))
    expect(part.length - 3 - 500 * column.length).toBeLessThan(frame.enough);
  expect(taken.length).toBeLessThanOrEqual(5 * parts.length);
});
