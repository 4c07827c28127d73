import type { Column, Runner } from '@cairn/core';
import type { WrittenColumn } from './write-pipeline.ts';

/** What a person sees of a table to know whether it was read right. */
export interface TableSample {
  readonly rows: number;
  readonly columns: readonly WrittenColumn[];
  /** The first rows, as text; undefined for null. */
  readonly first: readonly (readonly (string | undefined)[])[];
}

/** So many rows are looked at, and so many shown. */
const [lookedAt, shown] = [500, 5];

/** Reads the first rows of a step's stored table. */
export async function sampleOf(runner: Runner, task: string, step: string): Promise<TableSample | undefined> {
  const opened = await runner.open(task);
  try {
    const stored = opened.steps.get(step);
    if (stored === undefined) return undefined;
    const table = await opened.table(step, { limit: lookedAt });
    const texts = stored.columns.map((column, index) => {
      const vector = table.getChildAt(index);
      return Array.from({ length: table.numRows }, (_, row) => textOf(vector?.get(row), column));
    });
    return {
      rows: stored.rows,
      columns: stored.columns.map(({ name, type }, index) => ({
        name,
        type,
        distinct: new Set(texts[index]?.filter((text) => text !== undefined)).size,
      })),
      first: Array.from({ length: Math.min(shown, table.numRows) }, (_, row) =>
        texts.map((column) => column[row]),
      ),
    };
  } finally {
    await opened.close();
  }
}

function textOf(value: unknown, { type }: Column): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'string') return value;
  if (type === 'DATE') return isoOf(value).slice(0, 10);
  if (type.startsWith('TIMESTAMP'))
    return isoOf(value)
      .replace('T', ' ')
      .replace(/(?:\.000)?Z$/, '');
  const scale = /^DECIMAL\(\d+,\s*(\d+)\)$/.exec(type)?.[1];
  if (scale !== undefined && value instanceof Uint32Array) return decimalOf(value, Number(scale));
  if (typeof value === 'object')
    return JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? Number(part) : part));
  return String(value);
}

function isoOf(value: unknown): string {
  const date = value instanceof Date ? value : new Date(Number(value));
  return Number.isNaN(date.getTime()) ? String(value) : date.toISOString();
}

/** Arrow has decimals as the 32-bit words of an integer, the lowest first. */
function decimalOf(words: Uint32Array, scale: number): string {
  let whole = 0n;
  for (const word of [...words].toReversed()) whole = (whole << 32n) | BigInt(word);
  const value = BigInt.asIntN(words.length * 32, whole);
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, '0');
  const point = digits.length - scale;
  return `${value < 0n ? '-' : ''}${digits.slice(0, point)}${scale === 0 ? '' : `.${digits.slice(point)}`}`;
}
