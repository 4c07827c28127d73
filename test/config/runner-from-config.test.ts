import { inspect } from 'node:util';
import { memoryStore, silentLogger } from '@cairn/core';
import { checkConfig, runnerFromConfig, type ConfigRegistry } from '@cairn/core/config';
import { nodeFiles, nodeRegistry } from '@cairn/node';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { noEngine } from '../task/no-engine.js';
import { refused } from '../pipeline/rejects.js';
import { folderWith, keepingLogger, onlyEffect, refusal, tellingRegistry, withSecret } from './fixtures.js';

const memory = { storage: { type: 'memory' } };

test('SEMANTICS 2, from_config and from_dict: a plain object makes a runner', async () => {
  const { registry } = tellingRegistry();
  await using runner = runnerFromConfig(memory, { registry });
  expect((await runner.run(onlyEffect)).status).toBe('success');
});

test('SEMANTICS 2, from_config: storage is required, observability is not', async () => {
  const { registry } = tellingRegistry();
  const { issues } = await refusal(() => runnerFromConfig({ observability: {} }, { registry }));
  expect(issues).toEqual([{ path: 'storage', message: 'is missing' }]);
  for (const config of [undefined, null, [], 'storage', 1])
    expect((await refusal(() => runnerFromConfig(config, { registry }))).message).toContain(
      'must be an object',
    );
});

test('SEMANTICS 2, from_config: further observers are told after the configured ones', async () => {
  const { events, registry, observer } = tellingRegistry();
  const observers = [
    { type: 'note', name: 'first' },
    { type: 'note', name: 'second' },
  ];
  await using runner = runnerFromConfig(
    { ...memory, observability: { observers } },
    { registry, observers: [observer('third')] },
  );
  await runner.run(onlyEffect);
  expect(events).toEqual(['first', 'second', 'third']);
});

test('SEMANTICS 2, from_config: an unknown key is an error that names the nearest known one', async () => {
  const { registry } = tellingRegistry();
  const config = { storge: { type: 'memory' }, run: { failfast: true }, engine: { setings: {} }, zzzzzz: 1 };
  const { issues, message } = await refusal(() => runnerFromConfig(config, { registry }));
  expect(issues.map(({ path, suggestion }) => [path, suggestion])).toEqual([
    ['run.failfast', 'failFast'],
    ['storge', 'storage'],
    ['zzzzzz', undefined],
    ['engine.setings', 'settings'],
  ]);
  expect(message).toContain('The configuration: storge: unknown key (known: ');
  expect(message).toContain("did you mean 'storage'?");
});

test('names that JavaScript keeps for itself are refused, and nothing is polluted', async () => {
  const { registry } = tellingRegistry();
  const config: unknown = JSON.parse(
    '{ "storage": { "type": "memory", "toString": 1 }, "__proto__": { "concurrency": 9 }, "params": { "constructor": 1 } }',
  );
  const { paths } = await refusal(() => runnerFromConfig(config, { registry }));
  expect(paths).toEqual(['__proto__', 'params.constructor', 'storage.toString']);
  expect(({} as { concurrency?: number }).concurrency).toBeUndefined();
});

test('an unknown type names the nearest one that the registry has', async () => {
  const { registry } = tellingRegistry();
  const config = {
    storage: { type: 'memry' },
    engine: { type: 'spark' },
    observability: { observers: [{ type: 'nope' }, { tpye: 'note' }] },
  };
  const { issues } = await refusal(() => checkConfig(config, { registry }));
  expect(issues.map(({ path, message, suggestion }) => [path, message, suggestion])).toEqual([
    ['storage.type', 'there is no such store (known: memory)', 'memory'],
    ['engine.type', 'there is no such engine (known: duckdb)', undefined],
    ['observability.observers[0].type', 'there is no such observer (known: logging, note)', 'note'],
    ['observability.observers[1].tpye', 'unknown key', 'type'],
  ]);
});

test('an own type is made with its options, which its own schema has checked', async () => {
  const seen: unknown[] = [];
  const registry: ConfigRegistry = {
    ...tellingRegistry().registry,
    stores: {
      s3: {
        options: z.strictObject({ bucket: z.string(), retries: z.number().default(2) }),
        create(options, { folder }) {
          seen.push(options, folder);
          return memoryStore();
        },
      },
      free: { create: (options) => (seen.push(options), memoryStore()) },
    },
  };
  const env = { BUCKET: 'attic', RETRIES: '5' };
  const make = async (storage: object): Promise<void> => {
    await using runner = runnerFromConfig({ storage }, { registry, env, folder: '/etc' });
    await runner.run(onlyEffect);
  };
  await make({ type: 's3', bucket: '${BUCKET}', retries: '${RETRIES}' });
  expect(seen).toEqual([{ bucket: 'attic', retries: 5 }, '/etc']);
  seen.length = 0;
  await make({ type: 'free', anything: [1, '${BUCKET}'] });
  expect(seen).toEqual([{ anything: [1, 'attic'] }]);
  const { paths } = await refusal(() => make({ type: 's3', bucket: 7, key: 1 }));
  expect(paths).toEqual(['storage.bucket', 'storage']);
});

test('what a factory refuses is told at its place, without values of the environment', async () => {
  const registry: ConfigRegistry = {
    stores: {
      s3: {
        create: ({ url }: { url: string }) => {
          throw new Error(`cannot use ${url}`);
        },
      },
    },
    engines: { duckdb: { create: () => noEngine } },
  };
  const config = { storage: { type: 's3', url: 'https://${KEY}@host' } };
  const { issues } = await refusal(() => runnerFromConfig(config, { registry, env: { KEY: 'hunter2' } }));
  expect(issues).toEqual([{ path: 'storage', message: 'cannot use https://${KEY}@host' }]);
});

test('what is given to the runner wins over the configuration', async () => {
  const { registry } = tellingRegistry();
  const store = memoryStore();
  await using runner = runnerFromConfig({ ...memory, concurrency: 1 }, { registry, store, concurrency: 2 });
  await runner.run(onlyEffect);
  const keys: string[] = [];
  for await (const { key } of store.list('')) keys.push(key);
  expect(keys).not.toEqual([]);
  await refused(() => runnerFromConfig(memory, { registry: {} }), 'invalid_argument', 'needs an engine');
  await refused(
    () => runnerFromConfig(memory, { registry, cocurrency: 2 } as never),
    'invalid_argument',
    'concurrency',
  );
});

test('the logger of a registry is told what was asked to be logged, and nothing else', async () => {
  const { registry } = tellingRegistry();
  const linesOf = async (logging: unknown): Promise<string[]> => {
    const { logger, lines } = keepingLogger();
    const config = { ...memory, observability: { logging } };
    await using runner = runnerFromConfig(config, { registry: { ...registry, logger } });
    await runner.run(onlyEffect);
    return lines;
  };
  expect(await linesOf(false)).toEqual([]);
  const lines = await linesOf({ level: 'info' });
  expect(lines.length).toBeGreaterThan(0);
  expect(lines.filter((line) => !line.startsWith('info'))).toEqual([]);
});

test('records are kept unless the configuration says no', async () => {
  const { registry } = tellingRegistry();
  const recordsOf = async (observability: object): Promise<number> => {
    const store = memoryStore();
    const runner = runnerFromConfig({ ...memory, observability }, { registry, store });
    await runner.run(onlyEffect);
    let count = 0;
    for await (const { key } of store.list('records/')) count += key === '' ? 0 : 1;
    await runner.close();
    return count;
  };
  expect(await recordsOf({})).toBeGreaterThan(0);
  expect(await recordsOf({ records: true })).toBeGreaterThan(0);
  expect(await recordsOf({ records: false })).toBe(0);
});

test('logging writes from its level on, before other observers are told', async () => {
  const { registry } = tellingRegistry();
  const linesOf = async (logging: unknown): Promise<string[]> => {
    const { logger, lines } = keepingLogger();
    await using runner = runnerFromConfig({ ...memory, observability: { logging } }, { registry, logger });
    await runner.run(onlyEffect);
    // The runner has a word of its own besides.
    const told = lines.filter((line) => line.includes('"event":'));
    return [...new Set(told.map((line) => line.split(' ')[0] as string))];
  };
  expect(await linesOf(false)).toEqual([]);
  expect(await linesOf(true)).toEqual(['info']);
  expect((await linesOf({ level: 'debug' })).sort()).toEqual(['debug', 'info']);
  expect(await linesOf({ level: 'error' })).toEqual([]);
  const wrong = { ...memory, observability: { logging: { level: 'loud', size: 1 } } };
  expect((await refusal(() => checkConfig(wrong, { registry }))).paths).toEqual([
    'observability.logging.level',
    'observability.logging.size',
  ]);
});

test('${NAME} is the variable in every text, and $${ is ${', () => {
  const { registry } = tellingRegistry();
  const { params } = checkConfig(
    { ...memory, params: { a: 'x-${A}-${A}', list: [{ b: '${A}' }], plain: '$${A} $A $${', number: 1 } },
    { registry, env: { A: '1' } },
  );
  expect(params).toEqual({ a: 'x-1-1', list: [{ b: '1' }], plain: '${A} $A ${', number: 1 });
});

test('a variable that is not set and a malformed reference are told, all at once', async () => {
  const { registry } = tellingRegistry();
  const config = {
    ...memory,
    pipeline: '${NOWHERE}',
    params: { a: ['${toString}', '${A:-b}', '${'] },
    secrets: { S: '${NOT}' },
  };
  const { issues } = await refusal(() => checkConfig(config, { registry, env: { A: 'a' } }));
  expect(issues).toEqual([
    { path: 'pipeline', message: 'the environment variable NOWHERE is not set' },
    { path: 'params.a[0]', message: 'the environment variable toString is not set' },
    { path: 'params.a[1]', message: 'is no ${NAME}: write $${ where the text has ${' },
    { path: 'params.a[2]', message: 'is no ${NAME}: write $${ where the text has ${' },
    { path: 'secrets.S', message: 'the environment variable NOT is not set' },
  ]);
  expect(checkConfig({ ...memory, params: { a: '${E}' } }, { registry, env: { E: '' } }).params).toEqual({
    a: '',
  });
});

test('a text that is one ${NAME} is a number or a truth value where one is wanted', async () => {
  const { registry } = tellingRegistry();
  const config = (concurrency: string, failFast: string): object => ({
    ...memory,
    concurrency,
    run: { failFast, correlationId: '${ID}' },
    observability: { logging: '${LOG}' },
  });
  const env = { N: '8', YES: 'true', ID: '42', LOG: 'false', WORD: 'abc', ZERO: '0' };
  expect(checkConfig(config('${N}', '${YES}'), { registry, env }).run).toEqual({
    failFast: true,
    correlationId: '42',
  });
  const { issues } = await refusal(() => checkConfig(config('${ZERO}', '${WORD}'), { registry, env }));
  expect(issues).toEqual([
    { path: 'concurrency', message: 'must be a whole number from 1 on, which the value of ${ZERO} is not' },
    { path: 'run.failFast', message: 'must be true or false, which the value of ${WORD} is not' },
  ]);
  expect((await refusal(() => checkConfig(config('1${ZERO}', '${YES}'), { registry, env }))).paths).toEqual([
    'concurrency',
  ]);
});

test('a secret comes from the environment, reaches the step, and is in nothing that can be printed', async () => {
  const { registry } = tellingRegistry();
  const used: string[] = [];
  const { logger, lines } = keepingLogger();
  const config = {
    ...memory,
    secrets: { TOKEN: 'Bearer ${KEY}', OTHER: '${KEY}' },
    observability: { logging: { level: 'debug' } },
  };
  const checked = checkConfig(config, { registry, env: { KEY: 'hunter2' } });
  await using runner = checked.createRunner({ logger, secrets: { OTHER: 'given' } });
  const result = await runner.run(withSecret('TOKEN', (value) => used.push(value)));
  await runner.run(withSecret('OTHER', (value) => used.push(value)));
  expect(used).toEqual(['Bearer hunter2', 'given']);
  const error = await refused(() => runner.run(withSecret('MISSING')), 'run_failed');
  expect(lines).not.toEqual([]);
  for (const shown of [checked, runner, result, error, lines, config])
    expect(`${inspect(shown, { depth: 9, showHidden: true })}${JSON.stringify(shown)}`).not.toContain(
      'hunter2',
    );
});

test('a secret that is written down is refused, and not repeated', async () => {
  const { registry } = tellingRegistry();
  for (const secrets of [{ A: 'hunter2' }, { A: '$${hunter2}' }, { A: ['hunter2'] }, { A: 7 }, 'hunter2']) {
    const { paths, message } = await refusal(() =>
      checkConfig({ ...memory, secrets }, { registry, env: {} }),
    );
    expect(paths).toEqual([typeof secrets === 'string' ? 'secrets' : 'secrets.A']);
    expect(message).not.toContain('hunter2');
  }
});

test('a list is no object', async () => {
  const config = { storage: [], engine: [], observability: [], secrets: [], params: [], run: [] };
  const { issues } = await refusal(() => checkConfig(config, tellingRegistry()));
  expect(issues.map(({ path }) => path)).toEqual(Object.keys(config));
  expect(issues.at(-1)?.message).toBe('must be an object, not a list');
});

test('what contains itself is refused', async () => {
  const params: Record<string, unknown> = {};
  params['self'] = params;
  const { issues } = await refusal(() => checkConfig({ ...memory, params }, tellingRegistry()));
  expect(issues).toEqual([{ path: 'params.self', message: 'must not contain itself' }]);
});

test('files and allowUrls bound what connectors reach', async () => {
  const { registry } = tellingRegistry();
  const confined: unknown[] = [];
  const config = {
    ...memory,
    files: { root: 'data', allow: ['/srv'] },
    allowUrls: ['https://a.example.org/b'],
  };
  const confineFiles: NonNullable<ConfigRegistry['confineFiles']> = (files, { folder }) => {
    confined.push(files, folder);
    return nodeFiles();
  };
  await using runner = runnerFromConfig(config, { registry: { ...registry, confineFiles }, folder: '/conf' });
  expect((await runner.run(onlyEffect)).status).toBe('success');
  expect(confined).toEqual([config.files, '/conf']);
  const wrong = {
    ...config,
    allowUrls: ['https://a.example.org', 'a.example.org', 'https://me@a/', 'https://a?b'],
  };
  const { issues } = await refusal(() => checkConfig(wrong, { registry }));
  const message = 'must be an absolute URL without user, query and fragment';
  expect(issues).toEqual([
    { path: 'files', message: 'there are no local files here' },
    ...[1, 2, 3].map((index) => ({ path: `allowUrls[${index}]`, message })),
  ]);
});

test('the files of Node are confined to a folder beside the configuration', async () => {
  const folder = folderWith({ 'data/a.csv': 'a', 'b.csv': 'b' });
  const files = nodeRegistry().confineFiles?.(
    { root: 'data' },
    { folder, logger: silentLogger, clock: Date },
  );
  expect(await files?.read('a.csv')).toEqual(new Uint8Array([97]));
  await refused(() => files?.read('../b.csv'), 'path_outside_root');
});
