import { gzipSync } from 'node:zlib';
import { fromJson, type FromJsonOptions } from '@cairn/plugins/json';
import { describe, expect, test } from 'vitest';
import { bytesOf, read } from './connecting.ts';
import { damaged, drained, randomOf, seed, times } from './text-fuzzing.ts';

console.log(`fuzz-json: seed ${seed}, ${times} of each`);
const random = randomOf(seed);

type Options = Omit<FromJsonOptions, 'bytes'>;
type Rows = (string | null)[][];
type Outcome = { columns: string; rows: Rows } | { message: string };

async function outcomeOf(bytes: Uint8Array, options: Options = {}): Promise<Outcome> {
  try {
    return await read(fromJson({ bytes, ...options }));
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    expect(code, `${message}\n${JSON.stringify(Array.from(bytes))}`).toBe('invalid_data');
    expect(message).not.toMatch(/CSV Error|The source has|undefined|\[object/u);
    return { message };
  }
}

const words = ['', 'a', 'NULL', "it's", '"', '\\', '{', ']', ', ', 'é', '😀', '\n', '\0', ' x ', 'true', '1'];

function value(depth: number): unknown {
  switch (random(depth > 3 ? 5 : 7)) {
    case 0:
      return null;
    case 1:
      return random(2) === 0;
    case 2:
      return random(2000) - 1000;
    case 3:
      return (random(2000) - 1000) / 16;
    case 4:
      return words[random(words.length)];
    case 5:
      return Array.from({ length: random(4) }, () => value(depth + 1));
    default:
      return Object.fromEntries(
        Array.from({ length: random(4) }, () => [
          `${['k', 'K', "'", '"', ' ', 'é'][random(6)]}${random(3)}`,
          value(depth + 1),
        ]),
      );
  }
}

const row = (): Record<string, unknown> => {
  const more = value(3);
  return { id: random(100), ...(typeof more === 'object' && more), v: value(0) };
};

describe('inputs of all kinds give a right table or a clear error', () => {
  test('valid files, each value as its JSON text', async () => {
    for (let count = 0; count < times; count += 1) {
      const values = Array.from({ length: random(5) + 1 }, () => ({ id: random(100), v: value(0) }));
      const space = [undefined, 1][random(2)];
      const text =
        random(2) === 0
          ? JSON.stringify(values, null, space)
          : values.map((one) => JSON.stringify(one)).join('\n');
      const outcome = await outcomeOf(random(3) === 0 ? gzipSync(text) : bytesOf(text), {
        columns: { v: 'JSON' },
      });
      expect(outcome, text).toMatchObject({
        columns: 'id BIGINT, v VARCHAR',
        rows: values.map(({ id, v }) => [String(id), v === null ? null : JSON.stringify(v)]),
      });
    }
  });

  test('valid files, with types found out: texts and numbers are all there', async () => {
    for (let count = 0; count < times; count += 1) {
      const values = Array.from({ length: random(5) + 1 }, () => {
        const text = words[random(words.length)];
        return { n: random(1e9), t: text, l: [text, null], s: { a: random(10), 'b c': { d: text } } };
      });
      const { columns, rows } = (await outcomeOf(bytesOf(JSON.stringify(values)))) as {
        columns: string;
        rows: Rows;
      };
      expect(columns).toBe('n BIGINT, t VARCHAR, l VARCHAR[], s STRUCT(a BIGINT, "b c" STRUCT(d VARCHAR))');
      expect(rows.map(([n, t]) => [n, t])).toEqual(values.map(({ n, t }) => [String(n), t]));
    }
  });

  test('valid files of any shape', async () => {
    for (let count = 0; count < times; count += 1) {
      const values = Array.from({ length: random(5) + 1 }, row);
      const outcome = await outcomeOf(bytesOf(values.map((one) => JSON.stringify(one)).join('\n')));
      expect('rows' in outcome && outcome.rows.length, JSON.stringify(values)).toBe(values.length);
    }
  });

  test('damaged files', async () => {
    for (let count = 0; count < times; count += 1) {
      const values = Array.from({ length: random(5) + 1 }, row);
      const lines = random(2) === 0;
      const text = lines ? values.map((one) => JSON.stringify(one)).join('\n') : JSON.stringify(values);
      const bytes = damaged(bytesOf(text), random);
      const failing = await outcomeOf(bytes, { format: lines ? 'lines' : 'array' });
      if (!lines) {
        if ('rows' in failing)
          expect(() => JSON.parse(new TextDecoder().decode(bytes)) as unknown).not.toThrow();
        continue;
      }
      const collecting = await outcomeOf(bytes, { format: 'lines', badRows: 'collect' });
      if ('rows' in failing) expect(collecting).toEqual(failing);
    }
  });

  test('random bytes', async () => {
    for (let count = 0; count < times; count += 1) {
      const bytes = Uint8Array.from({ length: random(100) }, () => random(256));
      await outcomeOf(bytes);
      const marks = '[]{}:,"\\ 0123456789eE+-.truefalsnl\n';
      const likely = bytesOf(Array.from({ length: random(40) }, () => marks[random(marks.length)]).join(''));
      const outcome = await outcomeOf(likely, { format: 'array' });
      if ('rows' in outcome)
        expect(() => JSON.parse(new TextDecoder().decode(likely)) as unknown).not.toThrow();
    }
  });

  test('10,000 columns, and deep nesting', async () => {
    const wide = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`c${index}`, index]));
    const { rows } = (await outcomeOf(bytesOf(JSON.stringify([wide])))) as { rows: Rows };
    expect(rows[0]).toHaveLength(10_000);
    for (const open of ['[', '{"a":']) {
      expect(await outcomeOf(bytesOf(`{"a":${open.repeat(1_000_000)}`))).toMatchObject({
        message: expect.stringMatching(/nested deeper than 1000 levels/),
      });
    }
  });
});

describe('memory stays within what is promised', () => {
  test('a file of 200 MB', async () => {
    const { peak, outcome } = await drained('json', 'rows', 200);
    expect(outcome).toMatch(/^4\d{6} rows, 1\d{8} bytes$/);
    expect(peak).toBeLessThan(350);
  });

  test('a line of 100 MB, a text that never ends, and nesting without end', async () => {
    for (const content of ['line', 'open', 'depth']) {
      const { peak, outcome } = await drained('json', content, 100);
      expect(outcome).toMatch(/^invalid_data: .*(?:longer than 64 MiB|control character|deeper than 1000)/);
      expect(peak).toBeLessThan(600);
    }
  });
});
