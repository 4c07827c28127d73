import { definePipeline, sink, step, type ConnectorContext, type SinkConnector } from '@cairn/core';
import { expect, test } from 'vitest';
import { errorOf, lastingStore, sharedEngine, testRunner } from './fixtures.js';

const engine = sharedEngine();

test('a sink is told of the runs that have begun it and not done it, until it is done', async () => {
  const told: (readonly string[] | undefined)[] = [];
  let breaks = true;
  const connector: SinkConnector = {
    type: 'told',
    location: {},
    options: {},
    prepare: async (_input, { earlierRuns }: ConnectorContext) => {
      told.push(earlierRuns);
      if (breaks) throw new Error('no');
      return {};
    },
    commit: async (prepared) => prepared,
    rollback: async () => undefined,
    verify: async () => false,
  };
  const rows = step('rows', {}, () => [{ n: 1 }], { version: '1' });
  const pipeline = definePipeline({
    name: 'p',
    processes: {
      main: [rows, sink('out', rows, connector, { retry: { maxAttempts: 2, initialDelayMs: 0 } })],
    },
  });
  const store = lastingStore();
  const run = async (runId: string) => {
    const { runner } = testRunner({ engine, store });
    await runner.run(pipeline, undefined, { correlationId: 'job', runId });
  };
  await errorOf(run('one'), 'run_failed');
  await errorOf(run('two'), 'run_failed');
  breaks = false;
  await run('three');
  await run('four');
  expect(told).toEqual([[], [], ['one'], ['one'], ['one', 'two'], []]);
});
