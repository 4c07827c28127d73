// A workload as a pipeline of Cairn's, every step durable in the store of the platform. The engine stays open from pass to
// pass, as the floor's does; each pass has a store of its own.
import { createRunner } from '@cairn/core';
import { pipelineOf } from '../workloads/texts.mjs';

/** An engine that a runner does not close. */
const lent = (engine, more = {}) => {
  const names = [
    'open',
    'query',
    'createTable',
    'createTableOf',
    'exportParts',
    'importParts',
    'dropTable',
    'onLost',
    'onLoading',
  ];
  const calls = names.map((name) => [name, (...given) => engine[name](...given)]);
  const { identity, readsPaths } = engine;
  return {
    ...engine,
    identity,
    readsPaths,
    ...Object.fromEntries(calls),
    close: () => Promise.resolve(),
    ...more,
  };
};

async function storedBytes(store) {
  let bytes = 0;
  for await (const { size } of store.list('objects/')) bytes += size;
  return bytes;
}

async function open(host, workload, options) {
  const engine = host.engine();
  await engine.open();
  const pipeline = pipelineOf(workload, host.source, options);
  const last = workload.steps.at(-1).name;

  const run = async (place, { onEvent = () => undefined, using = lent(engine) } = {}) => {
    const begunSteps = new Map();
    performance.clearMeasures();
    const begun = performance.now();
    const store = host.store(place);
    const runner = createRunner({ store, engine: using, files: host.files });
    const result = await runner.run(pipeline, undefined, {
      onEvent(event) {
        const { type, step } = event;
        if (type === 'step_start') begunSteps.set(step, performance.now());
        // What a long task is said to have happened in.
        if (type === 'step_end' && begunSteps.has(step))
          performance.measure(step, { start: begunSteps.get(step) });
        onEvent(event);
      },
    });
    const ms = performance.now() - begun;
    const { contentHash } = result.steps.get(last);
    const ran = [...result.steps.values()].filter(({ outcome }) => outcome === 'complete').length;
    const bytes = await storedBytes(store);
    await runner.close();
    return { ms, bytes, hash: contentHash, ran };
  };

  return {
    pass: (place) => run(place),
    /** Ends the process or page in the last step, when all before it is committed. */
    async crash(place) {
      const others = workload.sources.length + workload.steps.length - 1;
      let [ended, reached] = [0, false];
      const die = () => {
        if (reached && ended === others) void host.die();
      };
      const createTable = (table, ...given) => {
        if (table.name !== last) return engine.createTable(table, ...given);
        reached = true;
        die();
        return new Promise(() => {});
      };
      const onEvent = ({ type }) => {
        if (type === 'step_end') ended += 1;
        die();
      };
      await run(place, { onEvent, using: lent(engine, { createTable }) });
    },
    async resume(place) {
      const told = await run(place);
      if (told.ran !== 1) throw new Error(`${told.ran} steps ran when one was left`);
      return told;
    },
  };
}

export const cairn = (host, workload) => open(host, workload, {});
/** Keeps only what is worth it, where Cairn can choose. */
export const auto = (host, workload) => open(host, workload, { checkpoint: 'auto' });
