import { createNodeRunner } from '@cairn/node';
import { noEngine } from '../task/no-engine.js';
import { killable } from './killable.js';

// A process that runs the pipeline and waits in its second process to be killed.
const [root = ''] = process.argv.slice(2);
const runner = createNodeRunner({ root, engine: noEngine });
await runner.run(
  killable(() => {
    console.log('at work');
    // Keeps the process alive.
    return new Promise((resolve) => setTimeout(resolve, 60_000));
  }),
  undefined,
  { correlationId: 'job' },
);
