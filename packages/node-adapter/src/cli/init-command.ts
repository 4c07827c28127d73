import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { colorsFor } from './colors.ts';
import type { Given } from './command-spec.ts';
import { projectFiles } from './project-files.ts';

/** Writes a small project that runs at once. Nothing that is there is written over. */
export function initCommand(given: Given): Promise<number> {
  const [name = '.'] = given.positionals;
  const folder = resolve(name);
  const files = Object.entries(projectFiles((schema) => schemaPath(folder, schema)));
  const there = files.map(([path]) => path).filter((path) => existsSync(join(folder, path)));
  if (there.length > 0)
    throw given.wrong(
      `${there.join(', ')} ${there.length > 1 ? 'are' : 'is'} there already: choose another folder`,
    );
  const { bold, dim, green } = colorsFor(process.stdout);
  for (const [path, text] of files) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { flag: 'wx' });
  }
  const width = Math.max(...files.map(([path]) => path.length));
  const lines = [
    `${green('made')} a project in ${bold(name)}`,
    ...files.map(([path]) => `  ${path.padEnd(width)}  ${dim(purposes[path] ?? '')}`.trimEnd()),
    '',
    'Go on with:',
    ...(folder === process.cwd() ? [] : [`  cd ${name}`]),
    `  npx cairn run             ${dim('run it; a second time, everything is reused')}`,
    `  npx cairn run --watch     ${dim('run it again whenever a file is saved')}`,
    `  npx cairn show by_country ${dim('look at any step')}`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  return Promise.resolve(0);
}

const purposes: Readonly<Record<string, string>> = {
  'cairn.config.yaml': 'where checkpoints are kept, and which pipeline runs',
  'pipeline.yaml': 'the steps',
  'sql/by-country.sql': 'a statement in a file of its own',
  'data/orders.csv': 'what it reads',
  'data/customers.csv': '',
  '.gitignore': '',
};

/** Where editors find a schema: beside the packages that are installed, wherever that is; undefined when it is not to be found. */
function schemaPath(folder: string, name: string): string | undefined {
  for (const from of [join(folder, 'cairn.config.yaml'), import.meta.filename]) {
    try {
      const path = relative(folder, createRequire(from).resolve(`@cairn/core/${name}`));
      const text = path.split(sep).join('/');
      return text.startsWith('.') ? text : `./${text}`;
    } catch {
      continue;
    }
  }
  return undefined;
}
