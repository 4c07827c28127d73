import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRunner, definePipeline, memoryStore, sink, source, type FileSystem } from '@cairn/core';
import { createNodeEngine, nodeFiles } from '@cairn/node';
import { fromCsv, toCsv } from '@cairn/plugins/csv';
import { afterEach, beforeEach, expect, test } from 'vitest';

let folder: string;
let files: FileSystem;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cairn-root-'));
  for (const name of ['root/in', 'outside', 'shared']) mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, 'root/in/a.csv'), 'a\n1\n');
  writeFileSync(join(folder, 'outside/secret.csv'), 'a\n2\n');
  writeFileSync(join(folder, 'shared/b.csv'), 'a\n3\n');
  symlinkSync(join(folder, 'outside'), join(folder, 'root/away'));
  symlinkSync('../outside/secret.csv', join(folder, 'root/link.csv'));
  symlinkSync('in', join(folder, 'root/here'));
  symlinkSync(join(folder, 'outside/new.csv'), join(folder, 'root/dangling.csv'));
  files = nodeFiles({ root: join(folder, 'root'), allow: [join(folder, 'shared')] });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function* text(value: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(value);
}

const refused = { code: 'path_outside_root' };
const ways = (): string[] => [
  '../outside/secret.csv',
  'in/../../outside/secret.csv',
  join(folder, 'outside/secret.csv'),
  'away/secret.csv',
  'link.csv',
  'dangling.csv',
  '/etc/hostname',
  'away/deep/new.csv',
  'in/../away/new.csv',
];

test('nothing outside is described, read, hashed, written, renamed or removed', async () => {
  for (const path of ways()) {
    const tries: (() => Promise<unknown>)[] = [
      () => files.stat(path),
      () => files.open(path),
      () => files.read(path),
      () => files.hash(path),
      () => files.write(path, text('x')),
    ];
    // A link itself is in the folder, and may be replaced.
    if (!['link.csv', 'dangling.csv'].includes(path)) {
      tries.push(
        () => files.rename('in/a.csv', path),
        () => files.rename(path, 'in/b.csv'),
        () => files.remove(path),
      );
    }
    for (const attempt of tries)
      await expect(attempt(), `${path}: ${attempt}`).rejects.toMatchObject(refused);
  }
  expect(readFileSync(join(folder, 'outside/secret.csv'), 'utf8')).toBe('a\n2\n');
  expect(existsSync(join(folder, 'outside/new.csv'))).toBe(false);
  expect(existsSync(join(folder, 'outside/deep'))).toBe(false);
  expect(existsSync(join(folder, 'root/in/a.csv'))).toBe(true);
});

test('what is inside, in an allowed folder, or led to inside by a link, is as before', async () => {
  for (const path of ['in/a.csv', 'here/a.csv', './in/../in/a.csv', join(folder, 'root/in/a.csv')]) {
    expect(new TextDecoder().decode(await files.read(path))).toBe('a\n1\n');
    expect((await files.stat(path))?.size).toBe(4);
  }
  expect((await files.read(join(folder, 'shared/b.csv'))).length).toBe(4);
  await files.write('made/for/it.csv', text('x'));
  await files.write('made/for/it.csv', text('yy'));
  await files.rename('made/for/it.csv', 'here/there.csv');
  expect(readFileSync(join(folder, 'root/in/there.csv'), 'utf8')).toBe('yy');
  await files.rename('in/there.csv', 'link.csv');
  expect(readFileSync(join(folder, 'root/link.csv'), 'utf8')).toBe('yy');
  await files.remove('dangling.csv');
  await files.remove('dangling.csv');
  expect(await files.stat('missing/file')).toBeUndefined();
  await expect(files.read('missing/file')).rejects.toMatchObject({ code: 'file_not_found' });
});

test('a folder that becomes a link while it is looked at lets nothing out', async () => {
  // As often as it takes for the swap to come between looking and opening.
  let [inside, outside] = [0, 0];
  const swap = (): void => {
    renameSync(join(folder, 'root/in'), join(folder, 'root/aside'));
    symlinkSync(join(folder, 'outside'), join(folder, 'root/in'));
  };
  const back = (): void => {
    rmSync(join(folder, 'root/in'));
    renameSync(join(folder, 'root/aside'), join(folder, 'root/in'));
  };
  writeFileSync(join(folder, 'root/in/secret.csv'), 'a\n1\n');
  for (let round = 0; round < 300; round += 1) {
    const reading = files.read('in/secret.csv').then(
      (bytes) => new TextDecoder().decode(bytes),
      (error: { code: string }) => error.code,
    );
    await new Promise((resolve) => setTimeout(resolve, (round % 5) / 10));
    swap();
    const said = await reading;
    back();
    expect(['a\n1\n', 'path_outside_root', 'file_not_found']).toContain(said);
    if (said === 'a\n1\n') inside += 1;
    else outside += 1;
  }
  expect(inside + outside).toBe(300);
});

test('options', () => {
  expect(nodeFiles({ root: '/data' }).resolve('a')).toBe('/data/a');
  expect(nodeFiles({ root: '/data', cwd: '/data/in' }).resolve('a')).toBe('/data/in/a');
  expect(() => nodeFiles({ allow: ['/data'] })).toThrow(/'allow' goes with 'root'/);
});

test('connectors fail with it, sources and sinks', async () => {
  const engine = createNodeEngine();
  const runner = createRunner({ store: memoryStore(), engine, files });
  const causeOf = async (path: string, to: string): Promise<unknown> => {
    const from = source('from', fromCsv({ path }));
    const save = sink('save', from, toCsv({ path: to }));
    const pipeline = definePipeline({ name: 'p', processes: { all: [from, save] } });
    return runner.run(pipeline).then(
      ({ status }) => status,
      (error: { cause?: { code: string } }) => error.cause?.code,
    );
  };
  expect(await causeOf('away/secret.csv', 'out.csv')).toBe('path_outside_root');
  expect(await causeOf('in/a.csv', 'away/out.csv')).toBe('path_outside_root');
  expect(await causeOf('in/a.csv', 'out.csv')).toBe('success');
  expect(readFileSync(join(folder, 'root/out.csv'), 'utf8')).toBe('a\n1\n');
  await runner.close();
});
