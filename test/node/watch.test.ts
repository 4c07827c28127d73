import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cairn, stepsWith } from './commands.ts';

const main = fileURLToPath(new URL('../../packages/node-adapter/bin/cairn.js', import.meta.url));
let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cairn-watch-'));
  const { code, stdout } = await cairn(['init', '.'], undefined, {}, folder);
  expect({ code, stdout }).toMatchObject({ code: 0 });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const edit = (file: string, change: (text: string) => string): void => {
  const path = join(folder, file);
  // As editors do: the file is replaced.
  writeFileSync(`${path}~`, change(readFileSync(path, 'utf8')));
  renameSync(`${path}~`, path);
};

/** Runs `cairn run --watch`; `round` resolves to what it wrote until it waits for the next change. */
function watch(...args: string[]) {
  const child = spawn(process.execPath, [main, 'run', '--watch', ...args], {
    cwd: folder,
    env: { ...process.env, FORCE_COLOR: undefined, NO_COLOR: undefined },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [written, read] = ['', 0];
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (written += text));
  const until = async (what: RegExp): Promise<string> => {
    for (const begin = Date.now(); ;) {
      const match = what.exec(written.slice(read));
      if (match !== null) {
        const end = read + match.index + match[0].length;
        const seen = written.slice(read, end);
        read = end;
        return seen;
      }
      if (child.exitCode !== null) throw new Error(`it has ended:\n${written}`);
      if (Date.now() - begin > 60_000) throw new Error(`no ${what.source} in:\n${written.slice(read)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const closed = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)));
  return {
    until,
    round: () => until(/watching \d+ files?; Ctrl-C ends\n/),
    async end(signal: NodeJS.Signals): Promise<number | null> {
      child.kill(signal);
      return closed;
    },
  };
}

test('an edit runs what it must, a broken one is told and watched on, and Ctrl-C ends', async () => {
  const watched = watch();
  expect(stepsWith(await watched.round(), 'done')).toHaveLength(5);

  edit('sql/by-country.sql', (text) => text.replace('order by amount desc', 'order by orders'));
  let round = await watched.round();
  expect(round).toContain('sql/by-country.sql changed');
  expect(stepsWith(round, 'done')).toEqual(['by_country', 'save']);

  edit('pipeline.yaml', (text) => text.replace('from orders o', 'from ordes o'));
  round = await watched.round();
  expect(round).toContain(
    "step 'large_orders' reads 'ordes', which is no step with a table; did you mean 'orders'?",
  );
  unlinkSync(join(folder, 'sql/by-country.sql'));
  expect(await watched.round()).toContain('sql/by-country.sql');

  writeFileSync(
    join(folder, 'sql/by-country.sql'),
    '-- another comment\nselect country from large_orders order by all\n',
  );
  await watched.round();
  edit('pipeline.yaml', (text) => text.replace('from ordes o', 'from orders o'));
  expect(stepsWith(await watched.round(), 'done')).toEqual(['by_country', 'save']);

  edit('data/orders.csv', (text) => `${text}11,5,2026-02-01,77.00\n`);
  round = await watched.round();
  expect(round).toContain('data/orders.csv changed');
  expect(stepsWith(round, 'done')).toEqual(['orders', 'large_orders', 'by_country', 'save']);

  edit('cairn.config.yaml', () => 'storage: { type: fs }\n');
  expect(await watched.until(/is missing[^]*docs\/errors/)).toContain('storage.root');
  edit(
    'cairn.config.yaml',
    () => 'storage: { type: fs, root: .cairn }\npipeline: pipeline.yaml\nparams: { least: 100 }\n',
  );
  expect(stepsWith(await watched.round(), 'done')).toEqual(['large_orders', 'by_country', 'save']);

  expect(await watched.end('SIGINT')).toBe(0);
});

test('an edit cancels a run that is at work, and what it has finished is kept', async () => {
  edit('pipeline.yaml', (text) =>
    text.replace(
      '    - sink: save',
      '    - step: slow\n      sql: select max(a.i * b.i) as m from range(1000000) a(i), range(1000000) b(i)\n    - sink: save',
    ),
  );
  const watched = watch('--concurrency', '1');
  await watched.until(/by_country {2,}done/);
  edit('pipeline.yaml', (text) => text.replace('range(1000000) b(i)', 'range(2) b(i)'));
  const round = await watched.round();
  expect(round).toContain('pipeline.yaml changed');
  expect(stepsWith(round, 'done').slice(-1)).not.toEqual(['by_country']);
  expect(stepsWith(round, 'reused')).toContain('by_country');
  expect(stepsWith(round, 'done')).toContain('slow');
  expect(await watched.end('SIGTERM')).toBe(143);
});

test('a module is loaded anew with what it imports', async () => {
  writeFileSync(join(folder, 'statement.ts'), 'export const amount: number = 1;\n');
  const core = new URL('../../packages/core/dist/index.js', import.meta.url).href;
  writeFileSync(
    join(folder, 'pipeline.ts'),
    `import { definePipeline, sql, step } from '${core}';
import { amount } from './statement.ts';
export default definePipeline({ name: 'p', processes: { all: [step('one', sql\`select \${amount} as n\`)] } });
`,
  );
  const watched = watch('pipeline.ts');
  expect(stepsWith(await watched.round(), 'done')).toEqual(['one']);
  writeFileSync(join(folder, 'statement.ts'), 'export const amount: number = 2;\n');
  const round = await watched.round();
  expect(round).toContain('statement.ts changed');
  expect(stepsWith(round, 'done')).toEqual(['one']);
  expect(await watched.end('SIGINT')).toBe(0);
});
