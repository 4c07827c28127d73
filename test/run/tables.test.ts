import { definePipeline, sql, step, type Engine } from '@cairn/core';
import { expect, test } from 'vitest';
import { outcomes, sharedEngine, testRunner } from './fixtures.ts';

const engine = sharedEngine();

test('the tables that a step without a checkpoint reads stay while it is computed out of turn, and go afterwards', async () => {
  let endReader = (): void => undefined;
  const readerHasEnded = new Promise<void>((resolve) => {
    endReader = resolve;
  });
  const dropped: string[] = [];
  const slow: Engine = {
    ...engine,
    async createTable(table, query, options) {
      // Its input is in the engine by now, and its input's other reader ends before the statement begins.
      if (table.name === 'unkept') {
        await readerHasEnded;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      return engine.createTable(table, query, options);
    },
    async dropTable(table) {
      dropped.push(table.name);
      await engine.dropTable(table);
    },
  };
  const { runner } = testRunner({ engine: slow });
  const origin = step('origin', sql`select 1 as n`);
  const unkept = step('unkept', sql`select n + 1 as n from ${origin}`, { checkpoint: false });
  const reader = step('reader', sql`select n from ${origin}`);
  const asking = step('asking', sql`select n from ${unkept}`);
  const pipeline = definePipeline({ name: 'turns', processes: { main: [origin, unkept, reader, asking] } });
  const run = await runner.run(pipeline, undefined, {
    onEvent: (event) => {
      if (event.type === 'step_end' && event.step === 'reader') endReader();
    },
  });
  expect(outcomes(run)).toEqual(['origin complete', 'unkept complete', 'reader complete', 'asking complete']);
  expect(dropped.toSorted()).toEqual(['asking', 'origin', 'reader', 'unkept']);
});
