import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { errorCodes } from '@cairn/core/testing';

const document = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');

test('docs/errors.md has one heading for every code, in the same order', () => {
  const headings = [...document.matchAll(/^## `([a-z_]+)`$/gm)].map((match) => match[1]);
  expect(headings).toEqual([...errorCodes]);
  expect([...errorCodes]).toEqual([...errorCodes].sort());
});

test('every heading says what happened, why, and what to do', () => {
  const sections = document.split(/^## /m).slice(1);
  const incomplete = sections.filter(
    (text) => !['**What happened.**', '**Why.**', '**What to do.**'].every((part) => text.includes(part)),
  );
  expect(incomplete.map((text) => text.split('\n')[0])).toEqual([]);
});

test('every code is provoked by a test', () => {
  const folders = [
    new URL('..', import.meta.url),
    new URL('../../packages/core/src/testing/', import.meta.url),
  ];
  const tests = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.startsWith('dist') && !file.startsWith('house'))
      .map((file) => readFileSync(new URL(file, folder), 'utf8')),
  );
  expect(errorCodes.filter((code) => !tests.some((text) => new RegExp(`\\b${code}\\b`).test(text)))).toEqual(
    [],
  );
});
