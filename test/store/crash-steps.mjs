// Runs the steps of a scenario, and ends at one of its calls of the file system: `node --import fs-faults.mjs
// crash-steps.mjs` is told `{ root, scenario, when, at, isKill }` in a line, and answers with `{ done, calls }`, the steps
// that were done. It kills itself, or lets that call and every later one of the scenario hang for ever, which leaves the
// same on the disk in much less time.
import { AsyncLocalStorage } from 'node:async_hooks';
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
// By its file, since the whole package takes longer to load than all these steps.
import { createFsStore } from '../../packages/node-adapter/dist/fs-object-store.js';
import { leaseTimes } from '../../packages/node-adapter/dist/lease-times.js';
import { scenarios } from './scenarios.mjs';

const running = new AsyncLocalStorage();
const forEver = new Promise(() => undefined);
const tell = (value) => writeSync(1, `${JSON.stringify(value)}\n`);

globalThis.fsFaults.around = async ({ name, args, run, runWith }) => {
  const crash = running.getStore();
  if (crash === undefined) return run();
  crash.calls += 1;
  if (crash.isOver) return forEver;
  if (crash.calls !== crash.at || (crash.when === 'half' && name !== 'handle.write')) return run();
  crash.isOver = true;
  const end = () => {
    if (crash.isKill) process.kill(process.pid, 'SIGKILL');
    crash.end();
    return forEver;
  };
  if (crash.when === 'before') return end();
  if (crash.when === 'half') await runWith([args[0], 0, args[0].length >> 1]);
  if (crash.when === 'after') await run().catch((error) => error);
  return end();
};

// What is done at once cannot hang: whoever asked is told of a failure, and what it does about it hangs or comes to nothing.
globalThis.fsFaults.now = ({ name, args, run, runWith }) => {
  const crash = running.getStore();
  if (crash === undefined) return run();
  crash.calls += 1;
  if (crash.isOver) throw new Error('it has ended');
  if (crash.calls !== crash.at || (crash.when === 'half' && name !== 'writeSync')) return run();
  crash.isOver = true;
  if (crash.when === 'half') runWith([args[0], args[1], 0, args[1].length >> 1]);
  if (crash.when === 'after') run();
  if (crash.isKill) process.kill(process.pid, 'SIGKILL');
  crash.end();
  throw new Error('it ends here');
};

for await (const line of createInterface({ input: process.stdin })) {
  const { root, scenario, isSlow, ...crash } = JSON.parse(line);
  let late = 0;
  // Where calls take long they are made through other threads.
  if (isSlow) performance.now = () => (late += 10);
  const identity = crash.isKill ? {} : { bootId: 'an earlier start' };
  const done = [];
  await new Promise((end) => {
    Object.assign(crash, { calls: 0, isOver: false, end });
    const steps = running.run(crash, async () => {
      const store = createFsStore({ root }, { times: leaseTimes, identity });
      const leases = {};
      for (const [name, run] of Object.entries(scenarios[scenario].steps)) {
        await run(store, leases);
        done.push(name);
        if (crash.isKill) tell({ name });
      }
      crash.isOver = true;
      done.push('end');
      end();
    });
    // Whoever is dead is told nothing.
    steps.catch((error) => {
      if (!crash.isOver) throw error;
    });
  });
  tell({ done, calls: crash.calls });
}
process.exit(0);
