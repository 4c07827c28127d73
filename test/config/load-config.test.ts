import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadConfig, nodeRegistry, runnerFromYaml } from '@cairn/node';
import { runnerFromConfig } from '@cairn/core/config';
import { expect, test } from 'vitest';
import { refused } from '../pipeline/rejects.js';
import { folderWith, keepingLogger, onlyEffect, refusal, tellingRegistry, withSecret } from './fixtures.js';

const yaml = `# yaml-language-server: $schema=./node_modules/@cairn/core/config.schema.json
storage:
  type: fs
  root: \${PLACE}/state
engine:
  settings: { memory_limit: 1GB }
observability:
  logging: { level: info }
  observers: [{ type: note, name: first }]
concurrency: 2
secrets:
  TOKEN: \${TOKEN}
pipeline: pipelines/flights.ts
params: { minDelay: 30 }
run: { correlationId: nightly, failFast: true }
`;
const env = { PLACE: 'deep', TOKEN: 'hunter2' };

test('SEMANTICS 2, from_yaml: a file makes a runner, whose store stands beside the file', async () => {
  const folder = folderWith({ 'cairn.config.yaml': yaml });
  const { events, registry, observer } = tellingRegistry();
  const { logger, lines } = keepingLogger();
  await using runner = await runnerFromYaml(join(folder, 'cairn.config.yaml'), {
    registry,
    env,
    logger,
    observers: [observer('second')],
  });
  const used: string[] = [];
  await runner.run(withSecret('TOKEN', (value) => used.push(value)));
  expect(used).toEqual(['hunter2']);
  expect(events).toEqual(['first', 'second']);
  expect(lines.some((line) => line.includes('pipeline succeeded'))).toBe(true);
  expect(existsSync(join(folder, 'deep/state/correlations'))).toBe(true);
});

test('SEMANTICS 2, from_dict: an object makes the same runner', async () => {
  const folder = folderWith({});
  const config = { storage: { type: 'fs', root: 'state' } };
  await using runner = runnerFromConfig(config, { registry: nodeRegistry(), folder });
  await runner.run(onlyEffect);
  expect(existsSync(join(folder, 'state/correlations'))).toBe(true);
});

test('what the command line wants to know: the pipeline file, its params, how to run', async () => {
  const folder = folderWith({ 'cairn.config.yml': yaml });
  const { registry } = tellingRegistry();
  expect(await loadConfig(folder, { registry, env })).toEqual({
    path: join(folder, 'cairn.config.yml'),
    folder,
    pipeline: join(folder, 'pipelines/flights.ts'),
    plugins: [],
    params: { minDelay: 30 },
    run: { correlationId: 'nightly', failFast: true },
    createRunner: expect.any(Function),
  });
  expect(existsSync(join(folder, 'deep'))).toBe(false);
});

test('each form says the same', async () => {
  const config = "{ storage: { type: 'memory' }, params: { a: 'x${PLACE}' } }";
  const core = pathToFileURL(join(import.meta.dirname, '../../packages/core/dist/config/index.js')).href;
  const files = {
    'cairn.config.yaml': 'storage: { type: memory }\nparams: { a: "x${PLACE}" }\n',
    'cairn.config.json':
      '\uFEFF{ "$schema": "x", "storage": { "type": "memory" }, "params": { "a": "x${PLACE}" } }',
    'cairn.config.ts': `import { defineConfig } from '${core}';\nconst config: object = defineConfig(${config});\nexport default config;`,
    'cairn.config.mjs': `export default ${config};`,
  };
  for (const [name, text] of Object.entries(files))
    expect((await loadConfig(folderWith({ [name]: text }), { env }))?.params, name).toEqual({ a: 'xdeep' });
});

test('a folder without a configuration has none; with several it is not clear which', async () => {
  const none = folderWith({});
  expect(await loadConfig(none)).toBeUndefined();
  await refused(() => runnerFromYaml(none), 'file_not_found', 'cairn.config.yaml');
  await refused(() => loadConfig(join(none, 'other.yaml')), 'file_not_found', 'other.yaml');
  const two = folderWith({ 'cairn.config.yaml': yaml, 'cairn.config.ts': '' });
  const { message } = await refusal(() => loadConfig(two));
  expect(message).toContain('cairn.config.yaml, cairn.config.ts');
  const odd = folderWith({ 'cairn.toml': '' });
  expect((await refusal(() => loadConfig(join(odd, 'cairn.toml')))).message).toContain('must end in');
});

test('a module that fails or exports nothing is told so', async () => {
  const of = (text: string): ReturnType<typeof refusal> =>
    refusal(() => loadConfig(folderWith({ 'cairn.config.ts': text })));
  expect((await of('export const config = 1;')).message).toContain('default export');
  expect((await of("throw new Error('no luck');")).message).toContain('no luck');
  expect((await of('export default {')).message).toContain('could not be loaded');
  expect((await of("export default { storage: { type: 'memory', rot: 1 } };")).paths).toEqual([
    'storage.rot',
  ]);
});

test('a setting that DuckDB may not have is refused when the runner is made', async () => {
  const text = 'storage: { type: memory }\nengine:\n  settings: { threads: 4 }\n';
  const loaded = await loadConfig(folderWith({ 'cairn.config.yaml': text }));
  const { issues } = await refusal(() => loaded?.createRunner());
  expect(issues).toMatchObject([
    { path: 'engine', line: 3, message: expect.stringContaining("'threads' is fixed") },
  ]);
});
