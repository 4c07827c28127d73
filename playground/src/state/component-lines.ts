import type { Components } from '@cairn/core';

/** A part of what a step is known by, for people. */
export interface ComponentLines {
  readonly name: string;
  readonly lines: readonly string[];
  /** Whether it is text to be read as code. */
  readonly isCode: boolean;
}

const names: Readonly<Record<string, string>> = {
  inputs: 'Content of its inputs',
  identity: 'Bytes that it reads',
  params: 'Params that it uses',
  sql: 'SQL, without what makes no difference',
  connector: 'Connector',
  engine: 'Engine',
  code: 'Code',
  version: 'Version',
  arguments: 'Arguments',
  kind: 'Kind',
};

/** What a step's fingerprint is made of, part by part. */
export function componentLines(components: Components): readonly ComponentLines[] {
  return Object.entries(names).flatMap(([key, name]) => {
    const value = components[key];
    if (value === undefined || value === null) return [];
    const lines = linesOf(value);
    return lines.length === 0 ? [] : [{ name, lines, isCode: key === 'sql' }];
  });
}

function linesOf(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [short(value)];
  return Object.entries(value).map(([key, one]) => `${key}: ${short(one)}`);
}

function short(value: unknown): string {
  if (typeof value === 'string') return /^[0-9a-f]{64}$/.test(value) ? value.slice(0, 12) : value;
  return JSON.stringify(value);
}
