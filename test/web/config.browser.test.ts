import { memoryStore } from '@cairn/core';
import { runnerFromConfig } from '@cairn/core/config';
import { indexedDbStore, webRegistry } from '@cairn/web';
import { duckDbAssets } from '@cairn/web/assets';
import { definePipeline, effect } from '@cairn/core';
import { expect, test } from 'vitest';

test('a configuration makes a runner in a page', async () => {
  const database = `config-${crypto.randomUUID()}`;
  const config = {
    storage: { type: 'indexeddb', database: '${DATABASE}' },
    engine: { answerTimeoutMs: 60_000 },
  };
  const runner = runnerFromConfig(config, {
    registry: webRegistry({ assets: duckDbAssets }),
    env: { DATABASE: database },
  });
  await runner.run(definePipeline({ name: 'page', processes: { main: [effect('done', {}, () => 'done')] } }));
  await runner.close();
  const store = indexedDbStore({ database });
  const keys: string[] = [];
  for await (const { key } of store.list('correlations/')) keys.push(key);
  expect(keys).toHaveLength(1);
  await store.close();
  const wrong = { storage: { type: 'fs', root: 'x' } };
  expect(() =>
    runnerFromConfig(wrong, { registry: webRegistry({ assets: duckDbAssets }), store: memoryStore() }),
  ).toThrow('there is no such store (known: memory, indexeddb)');
});
