// Plans a task of N steps: node cairn.mjs prepare|plan <folder> <steps> effects|sql
// All of it must be reused and the engine may not start. Prints the milliseconds of the plan.
import { createNodeRunner } from '@cairn/node';
import { steps, tables } from '../durable-steps/pipeline.mjs';

const [mode, root, count, kind] = process.argv.slice(2);

const pipeline = kind === 'sql' ? tables(Number(count)) : steps(Number(count), 1, { reuse: true });
const runner = createNodeRunner({ root });
if (mode === 'prepare') await runner.run(pipeline);
const begun = performance.now();
const plan = await runner.plan(pipeline);
const ms = performance.now() - begun;
const others = [...plan.steps.values()].filter(({ decision }) => decision !== 'reuse');
if (others.length > 0) throw new Error(`${others.length} steps would not be reused`);
await runner.close();
console.log(JSON.stringify({ ms }));
