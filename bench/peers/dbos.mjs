// One workflow of N durable steps on DBOS: node dbos.mjs run|crash|resume <url of a database> <steps> <width>
// As many steps at once as the width says, in batches, since DBOS numbers steps in the order of their calls. Prints the
// milliseconds from its launch, which opens its database and on resume finds the workflow and calls it again, to the
// workflow's end, and those of the workflow alone.
import { DBOS } from '@dbos-inc/dbos-sdk';

const [mode, systemDatabaseUrl, count, width] = process.argv.slice(2);
const total = Number(count);
const times = {};
let returned;
const end = new Promise((resolve) => {
  returned = resolve;
});
let ran = 0;

const step = (index) =>
  DBOS.runStep(
    async () => {
      ran += 1;
      if (mode === 'crash' && index === total - 1) process.kill(process.pid, 'SIGKILL');
    },
    { name: `step_${index}` },
  );
const workflow = DBOS.registerWorkflow(
  async () => {
    times.called = performance.now();
    // The last step stands alone, so that nothing else is open when the process is killed in it.
    for (let index = 0; index < total - 1; index += Number(width)) {
      const size = Math.min(Number(width), total - 1 - index);
      if (size === 1) await step(index);
      else await Promise.all(Array.from({ length: size }, (_, next) => step(index + next)));
    }
    await step(total - 1);
    times.returned = performance.now();
    returned();
  },
  { name: 'durable_steps' },
);

DBOS.setConfig({
  name: 'bench',
  systemDatabaseUrl,
  applicationVersion: '1',
  executorID: 'bench',
  logLevel: 'error',
});
const begun = performance.now();
await DBOS.launch();
if (mode !== 'resume') await DBOS.withNextWorkflowID('durable-steps', () => workflow());
await end;
const ms = performance.now() - begun;
if (ran !== (mode === 'resume' ? 1 : total)) throw new Error(`${ran} steps ran`);
console.log(JSON.stringify({ ms, parts: { 'once it is open': times.returned - times.called } }));
await DBOS.shutdown();
