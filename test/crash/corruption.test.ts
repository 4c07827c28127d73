import {
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import {
  createRunner,
  definePipeline,
  effect,
  isCairnError,
  sink,
  source,
  sql,
  step,
  type Pipeline,
} from '@cairn/core';
import { isPacked } from '@cairn/core/store';
import { fsStore, nodeFiles } from '@cairn/node';
import { fromCsv, toCsv } from '@cairn/plugins/csv';
import { beforeAll, describe, expect, test } from 'vitest';
import { sharedEngine, temporaryFolder } from '../run/fixtures.js';

const engine = sharedEngine();
const sound = temporaryFolder();
const tables = ['orders', 'even', 'summed'] as const;
let expected: Readonly<Record<string, string>>;

function pipelineIn(folder: string, name = 'small', least = 0): Pipeline {
  const orders = source('orders', fromCsv({ path: join(folder, 'in.csv') }));
  const even = step('even', sql`select * from ${orders} where id % 2 = 0 and id >= ${least}`);
  const summed = step('summed', sql`select sum(id)::bigint as total from ${even}`, {
    checkpoint: 'correlation',
  });
  const told = effect('told', { summed }, async ({ summed }) => (await summed.arrow()).numRows);
  const save = sink('save', even, toCsv({ path: join(folder, 'out.csv') }));
  return definePipeline({ name, processes: { main: [orders, even, summed, told, save] } });
}

/** Runs until all tables can be read; tells what was refused on the way, and whether damage was told. */
async function readAll(folder: string): Promise<{
  readonly tables: Readonly<Record<string, string>>;
  readonly refused: readonly string[];
  readonly told: number;
}> {
  const refused: string[] = [];
  let told = 0;
  for (let tries = 0; tries < 6; tries += 1) {
    const runner = createRunner({
      store: fsStore({ root: join(folder, 'store') }),
      engine,
      files: nodeFiles(),
    });
    try {
      const result = await runner.run(pipelineIn(folder), undefined, {
        correlationId: 'job',
        lastAttempt: false,
        onEvent({ type }) {
          if (type === 'checkpoint_damaged') told += 1;
        },
      });
      const found: Record<string, string> = {};
      for (const name of tables) found[name] = (await result.table(name)).toArray().map(String).join('\n');
      return { tables: found, refused, told };
    } catch (error) {
      if (!isCairnError(error)) throw new Error(`no CairnError: ${String(error)}`, { cause: error });
      refused.push(error.code);
      // Refused by name: whoever is told removes what is named.
      if (error.code === 'journal_damaged') rmSync(join(folder, 'store/correlations'), { recursive: true });
      if (error.code === 'store_failed') {
        const path = /'([^']*\.lease[^']*)'/.exec(`${error.message} ${String(error.cause)}`)?.[1];
        if (path === undefined) throw error;
        rmSync(path, { recursive: true });
      }
    } finally {
      await runner.close();
    }
  }
  throw new Error(`it does not recover: ${refused.join(', ')}`);
}

/** Every file below a folder, by what it is. */
function filesIn(root: string): { readonly kind: string; readonly path: string }[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(root, path)).isFile())
    .map((path) => ({ kind: kindOf(path, readFileSync(join(root, path))), path }));
}

function kindOf(path: string, bytes: Uint8Array): string {
  if (path.startsWith('objects/')) return isPacked(bytes) ? 'packed part' : 'part';
  if (path.startsWith('cache/')) return 'cache entry';
  if (path.startsWith('identities/')) return 'file identity';
  if (path.endsWith('/journal')) return 'journal';
  if (path.includes('.lease')) return 'lease';
  if (path.startsWith('records/')) return 'record';
  throw new Error(`an unknown kind of file: ${path}`);
}

beforeAll(async () => {
  writeFileSync(
    join(sound, 'in.csv'),
    `id,note\n${Array.from({ length: 2000 }, (_, id) => `${id},note ${id % 7}`).join('\n')}\n`,
  );
  // The hash of a file that was written just now is not remembered.
  const earlier = new Date(Date.now() - 60_000);
  utimesSync(join(sound, 'in.csv'), earlier, earlier);
  // Another task in the same store, whose files are of the same kinds.
  const runner = createRunner({ store: fsStore({ root: join(sound, 'store') }), engine, files: nodeFiles() });
  await runner.run(pipelineIn(sound, 'other', 100), undefined, { correlationId: 'job' });
  await runner.close();
  expected = (await readAll(sound)).tables;
});

const kinds = ['part', 'packed part', 'cache entry', 'file identity', 'journal', 'lease', 'record'] as const;

describe.each(kinds)('a damaged %s', (kind) => {
  /** Damages each file of the kind in a copy of the store, and runs. */
  async function damaged(
    change: (bytes: Buffer, others: readonly Buffer[]) => Buffer | undefined,
  ): Promise<void> {
    const paths = filesIn(join(sound, 'store')).filter((file) => file.kind === kind);
    expect(paths.length).toBeGreaterThan(0);
    for (const { path } of paths.slice(0, 3)) {
      const folder = temporaryFolder();
      cpSync(join(sound, 'store'), join(folder, 'store'), { recursive: true });
      cpSync(join(sound, 'in.csv'), join(folder, 'in.csv'), { preserveTimestamps: true });
      const file = join(folder, 'store', path);
      const others = paths
        .filter((other) => other.path !== path)
        .map((other) => readFileSync(join(folder, 'store', other.path)));
      const bytes = change(readFileSync(file), others);
      if (bytes === undefined) continue;
      writeFileSync(file, bytes);
      const { tables: found } = await readAll(folder);
      expect(found, path).toEqual(expected);
      if (existsSync(join(folder, 'out.csv')))
        expect(readFileSync(join(folder, 'out.csv'), 'utf8').split('\n')).toHaveLength(1002);
      rmSync(folder, { recursive: true });
    }
  }

  test('truncated at each eighth of its length, emptied too', async () => {
    for (let eighth = 0; eighth < 8; eighth += 1)
      await damaged((bytes) => bytes.subarray(0, Math.floor((bytes.length * eighth) / 8)));
  });

  test('with single bits flipped', async () => {
    for (let flip = 0; flip < 6; flip += 1) {
      await damaged((bytes) => {
        const changed = Buffer.from(bytes);
        const at = Math.floor(((flip * 2 + 1) / 12) * bytes.length);
        changed[at] = (changed[at] ?? 0) ^ (1 << flip);
        return changed;
      });
    }
  });

  test('replaced by another of its kind', async () => {
    await damaged((_, [other]) => other);
  });
});

test('damage to a part that a step needs is told, and the step runs again', async () => {
  const folder = temporaryFolder();
  cpSync(join(sound, 'store'), join(folder, 'store'), { recursive: true });
  cpSync(join(sound, 'in.csv'), join(folder, 'in.csv'), { preserveTimestamps: true });
  for (const { kind, path } of filesIn(join(folder, 'store')))
    if (kind === 'part' || kind === 'packed part') writeFileSync(join(folder, 'store', path), 'no part');
  const { told, tables: found } = await readAll(folder);
  expect(told).toBeGreaterThan(0);
  expect(found).toEqual(expected);
});
