// One run of N durable steps in a process of its own: node cairn.mjs run|crash|resume <folder> <steps> <width>
// `crash` kills its process in the last step; `resume` goes on in the same folder. Prints the milliseconds from binding the
// task, which is where its lease is taken and its log is read, to giving it back, and those of the execution alone.
import { createNodeRunner } from '@cairn/node';
import { steps } from './pipeline.mjs';

const [mode, root, count, width] = process.argv.slice(2);
const last = mode === 'crash' ? () => process.kill(process.pid, 'SIGKILL') : () => undefined;
const pipeline = steps(Number(count), Number(width), { last });
const runner = createNodeRunner({ root, concurrency: Number(width) });
const begun = performance.now();
const task = await runner.bind(pipeline);
const bound = performance.now();
const result = await task.execute();
const executed = performance.now();
await task.unbind();
const ms = performance.now() - begun;
await runner.close();
const ran = [...result.steps.values()].filter(({ outcome }) => outcome === 'complete').length;
if (ran !== (mode === 'resume' ? 1 : Number(count))) throw new Error(`${ran} steps ran`);
console.log(JSON.stringify({ ms, parts: { 'once it is open': executed - bound } }));
