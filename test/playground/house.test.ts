import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

// What each folder of the playground may import of the others: data flows one way.
const allowed: Readonly<Record<string, readonly string[]>> = {
  state: [],
  ui: [],
  examples: ['state'],
  effects: ['state', 'examples'],
  hooks: ['state'],
  views: ['state', 'hooks', 'ui', 'examples'],
  app: ['state', 'hooks', 'ui', 'views'],
};
const source = new URL('../../playground/src/', import.meta.url).pathname;

interface SourceFile {
  readonly file: string;
  readonly area: string;
  readonly text: string;
  readonly imports: readonly string[];
}

const files: readonly SourceFile[] = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file))
  .map((file) => {
    const text = readFileSync(join(source, file), 'utf8');
    const found = text.matchAll(/^(?:import|export)\b(?:[^;'"]*? from)? '([^']+)';$|\bimport\('([^']+)'\)/gm);
    const imports = [...found].map((match) => match[1] ?? match[2] ?? '');
    return { file, area: file.split('/')[0] ?? '', text, imports };
  });

test('imports of the playground point one way', () => {
  const wrong = files.flatMap(({ file, area, imports }) =>
    imports.flatMap((from) => {
      const target = from.startsWith('.') ? join(file, '..', from) : undefined;
      const other = target?.split('/')[0];
      if (target === undefined || other === undefined || other === area || allowed[area] === undefined)
        return [];
      // How a page and its service worker talk.
      if (area === 'effects' && target === '../service-worker/message.ts') return [];
      return allowed[area].includes(other) ? [] : [`${file}: ${from}`];
    }),
  );
  expect(wrong).toEqual([]);
});

test('a panel imports no other panel, so that each is loaded for itself; what several show are parts', () => {
  const wrong = files
    .filter(({ file }) => /^views\/[^/]+\//.test(file))
    .flatMap(({ file, imports }) => {
      const own = file.split('/')[1];
      return imports
        .map((from) => join(file, '..', from))
        .filter((target) => target.startsWith('views/') && ![own, 'parts'].includes(target.split('/')[1]))
        .map((target) => `${file}: ${target}`);
    });
  expect(wrong).toEqual([]);
});

test('the state knows neither React nor the page', () => {
  const wrong = files.filter(
    ({ area, text, imports }) =>
      area === 'state' &&
      (imports.some((from) => /^react|^idb-keyval/.test(from)) ||
        /\b(?:document|window|navigator|localStorage|indexedDB|location)\b[.[]/.test(text)),
  );
  expect(wrong.map(({ file }) => file)).toEqual([]);
});

test('the playground uses the public entries of Cairn alone', () => {
  const isPublic =
    /^@cairn\/(?:core(?:\/(?:yaml|plugin|store|pipeline\.schema\.json))?|web(?:\/(?:assets|react))?|plugins(?:\/\w+)?)$/;
  const wrong = files.flatMap(({ file, imports }) =>
    imports
      .filter((from) => (from.startsWith('@cairn/') && !isPublic.test(from)) || from.includes('packages/'))
      .map((from) => `${file}: ${from}`),
  );
  expect(wrong).toEqual([]);
});

test('no file of the playground is longer than 400 lines', () => {
  expect(files.filter(({ text }) => text.split('\n').length > 400).map(({ file }) => file)).toEqual([]);
});

test('colours stand in the tokens alone', () => {
  const sheets = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.css'),
  );
  const wrong = sheets.filter(
    (file) =>
      file !== 'ui/tokens.css' &&
      /#[0-9a-f]{3,8}\b|\brgba?\(|\bhsla?\(/i.test(readFileSync(join(source, file), 'utf8')),
  );
  expect(wrong).toEqual([]);
});
