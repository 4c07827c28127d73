import { sql, type Receipt, type SinkConnector, type SourceConnector } from '@cairn/core';
import { sinkSuite, sourceSuite } from '@cairn/core/testing';
import { createNodeEngine } from '@cairn/node';
import { afterAll, describe, expect, test } from 'vitest';

const engine = createNodeEngine();
afterAll(() => engine.close());

type Run = () => Promise<void>;

/** The names of the tests that a suite's subject fails. */
async function failing(register: (add: (name: string, run: Run) => void) => void): Promise<string[]> {
  const tests: [string, Run][] = [];
  register((name, run) => void tests.push([name, run]));
  const failed: string[] = [];
  for (const [name, run] of tests) {
    await run().catch(() => failed.push(name));
  }
  return failed;
}

describe('sourceSuite', () => {
  const failsWith = (
    broken: (state: { version: number }, own: SourceConnector) => Partial<SourceConnector>,
  ) =>
    failing((add) =>
      sourceSuite({
        test: add,
        engine,
        create: async () => {
          const state = { version: 1 };
          const own: SourceConnector = {
            type: 'numbers',
            location: {},
            options: {},
            identity: async () => `v${state.version}`,
            read: async ({ signal }) => {
              signal.throwIfAborted();
              const at = state.version;
              const query = sql.raw(`select i + ${at} as i from range(10) r(i)`);
              return { identity: `v${at}`, rows: 10, data: { query, files: {} } };
            },
          };
          return {
            connector: { ...own, ...broken(state, own) },
            rows: 10,
            change: async () => {
              state.version += 1;
            },
          };
        },
      }),
    );

  test('a good source passes', async () => {
    expect(await failsWith(() => ({}))).toEqual([]);
  });

  test('what a bad one does is caught', async () => {
    let count = 0;
    expect(await failsWith(() => ({ identity: async () => String((count += 1)) }))).toContain(
      'its identity is a text, the same as long as nothing changes',
    );
    expect(await failsWith(() => ({ identity: async () => 'v1' }))).toEqual([
      'a change is another identity, of what is read too',
    ]);
    const lateQuery = await failsWith((state, own) => ({
      read: async (context) => {
        const read = await own.read(context);
        const queries = (async function* pieces() {
          yield { query: sql.raw(`select i + ${state.version} as i from range(10) r(i)`), files: {} };
        })();
        return { ...read, data: { queries } };
      },
    }));
    expect(lateQuery).toEqual(['a change while it is read is never taken for what was there before']);
    const wrongRows = await failsWith((_, own) => ({
      read: async (context) => ({ ...(await own.read(context)), rows: 11 }),
    }));
    expect(wrongRows).toContain('what is read has the identity that was said, and all rows');
    const deaf = await failsWith((_, own) => ({
      read: (context) => own.read({ ...context, signal: new AbortController().signal }),
    }));
    expect(deaf).toEqual(['a run that is cancelled reads nothing']);
    expect(await failsWith(() => ({ options: { call: () => 1 } }))).toEqual([
      'says what it is in plain data',
    ]);
  });
});

describe('sinkSuite', () => {
  interface Box {
    text: string | undefined;
    readonly aside: Map<string, string>;
  }

  const boxSink = (box: Box): SinkConnector => ({
    type: 'box',
    location: { box: 'box' },
    options: {},
    prepare: async (input, { runId, signal }) => {
      const lines: string[] = [];
      for await (const slice of input.batches()) {
        signal.throwIfAborted();
        lines.push(String(slice.numRows), String(slice.get(0)));
      }
      const text = lines.join('\n');
      box.aside.set(runId, text);
      return { runId, text };
    },
    commit: async (prepared) => {
      box.aside.delete(String(prepared['runId']));
      box.text = String(prepared['text']);
      return { text: box.text };
    },
    rollback: async (prepared) => {
      box.aside.delete(String(prepared['runId']));
    },
    verify: async (receipt) => receipt['text'] === box.text,
  });

  const failsWith = (broken: (box: Box, own: SinkConnector) => Partial<SinkConnector>) =>
    failing((add) =>
      sinkSuite({
        test: add,
        engine,
        create: async () => {
          const box: Box = { text: undefined, aside: new Map() };
          const make = (): SinkConnector => ({ ...boxSink(box), ...broken(box, boxSink(box)) });
          return {
            connector: make(),
            again: make,
            current: async () => box.text,
            aside: async () => [...box.aside.keys()],
            tamper: async () => {
              box.text = 'tampered';
            },
          };
        },
      }),
    );

  test('a good sink passes', async () => {
    expect(await failsWith(() => ({}))).toEqual([]);
  });

  test('what a bad one does is caught', async () => {
    const atOnce = await failsWith((box, own) => ({
      prepare: async (input, context) => {
        const prepared = await own.prepare(input, context);
        box.text = String(prepared['text']);
        return prepared;
      },
    }));
    expect(atOnce).toContain('what is prepared is not seen before the commit, and then all of it');
    expect(atOnce).toContain('killed between prepare and commit, the old output stands');
    expect(await failsWith(() => ({ verify: async () => true }))).toContain(
      'what was changed or taken away is found out',
    );
    expect(await failsWith(() => ({ rollback: async () => undefined }))).toContain(
      'what was prepared can be taken back, more than once',
    );
    const once = new Set<unknown>();
    const forgetful = await failsWith((_, own) => ({
      commit: async (prepared: Receipt, context) => {
        const key = prepared['runId'];
        if (once.has(key)) throw new Error('it was committed');
        once.add(key);
        return own.commit(prepared, context);
      },
    }));
    expect(forgetful).toEqual(['killed after the commit, it may be committed again']);
    const whole = await failsWith((_, own) => ({
      prepare: async (input, context) => {
        await input.arrow();
        return own.prepare(input, context);
      },
    }));
    expect(whole).toContain('a big table is taken in slices');
  });
});
