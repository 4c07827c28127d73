// Binds a task of N steps and finishes it: node cairn.mjs prepare|bind <folder> <steps> effects|sql
// When all of it is complete no step may run, and the engine may not start. Prints what takes how long in the process.
import { createNodeRunner } from '@cairn/node';
import { steps, tables } from '../durable-steps/pipeline.mjs';

const loaded = performance.now();
const [mode, root, count, kind] = process.argv.slice(2);

const pipeline = kind === 'sql' ? tables(Number(count)) : steps(Number(count), 1, { reuse: true });
const runner = createNodeRunner({ root });
const begun = performance.now();
let isEngineStarted = false;
const result = await runner.run(
  pipeline,
  {},
  {
    onEvent({ type }) {
      if (type === 'engine_loading') isEngineStarted = true;
    },
  },
);
const ended = performance.now();
await runner.close();
const reused = [...result.steps.values()].filter(({ outcome }) => outcome === 'reused').length;
if (mode === 'bind' && (isEngineStarted || reused !== Number(count)))
  throw new Error(`${reused} steps were reused, engine started: ${isEngineStarted}`);
console.log(JSON.stringify({ loadMs: loaded, defineMs: begun - loaded, runMs: ended - begun }));
