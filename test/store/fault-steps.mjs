// Runs the steps of a scenario while a call of the file system fails: `node --import fs-faults.mjs fault-steps.mjs` is
// told `{ root, scenario, code, at }` in a line. The call number `at`, of those which can fail with this code, fails, and
// with EROFS all that follow until a step has failed. Answers with what became of each step that failed, with what was
// there after it, and with what is there at the end. A step that failed is done again, unless it has done its work.
import { AsyncLocalStorage } from 'node:async_hooks';
import { constants } from 'node:fs';
import { createInterface } from 'node:readline';
import { isDeepStrictEqual } from 'node:util';
import { fsStore } from '../../packages/node-adapter/dist/store.js';
import { scenarios, stateOf, statesOf } from './scenarios.mjs';

const running = new AsyncLocalStorage();
const changesFolder = ['mkdir', 'link', 'linkSync', 'rename', 'renameSync'];
const opens = ['open', 'openSync'];
const opensFor = (args) =>
  args[1] === 'wx' ? 'make' : Number(args[1]) & constants.O_RDWR ? 'write' : 'read';
const canFail = {
  ENOSPC: (name, args) =>
    changesFolder.includes(name) ||
    ['handle.write', 'writeSync'].includes(name) ||
    (opens.includes(name) && opensFor(args) === 'make'),
  EIO: (name, args) =>
    ['readdir', 'readFile', 'stat'].includes(name) ||
    ['handle.read', 'handle.stat', 'handle.sync', 'handle.datasync', 'fdatasyncSync', 'fstatSync'].includes(
      name,
    ) ||
    (opens.includes(name) && opensFor(args) !== 'make'),
  EROFS: (name, args) =>
    [...changesFolder, 'unlink', 'utimes', 'rm', 'rmSync', 'rmdir', 'handle.write', 'writeSync'].includes(
      name,
    ) ||
    (opens.includes(name) && opensFor(args) !== 'read'),
};

function failing({ name, args, run }) {
  const fault = running.getStore();
  if (fault === undefined || fault.isOver || !canFail[fault.code](name, args)) return run();
  fault.calls += 1;
  if (fault.calls < fault.at) return run();
  if (fault.code !== 'EROFS') fault.isOver = true;
  throw Object.assign(new Error(`${fault.code}: injected, ${name}`), { code: fault.code });
}
globalThis.fsFaults.around = async (call) => failing(call);
globalThis.fsFaults.now = failing;

for await (const line of createInterface({ input: process.stdin })) {
  const { root, scenario, ...fault } = JSON.parse(line);
  const { prefix, steps } = scenarios[scenario];
  const states = statesOf(scenarios[scenario]);
  const other = fsStore({ root });
  const failures = [];
  Object.assign(fault, { calls: 0, isOver: false });
  const store = fsStore({ root });
  const leases = {};
  for (const [index, [name, run]] of Object.entries(steps).entries()) {
    const attempt = () => running.run(fault, () => run(store, leases));
    await attempt().catch(async (error) => {
      fault.isOver = true;
      const state = await stateOf(other, prefix);
      const { code, details, cause } = error;
      failures.push({
        name,
        code,
        details,
        cause: cause?.code,
        state,
        states: states.slice(index, index + 2),
      });
      const isDone = isDeepStrictEqual(state, states[index + 1]) && !isDeepStrictEqual(state, states[index]);
      if (!isDone) await attempt();
    });
  }
  await store.close();
  // What is held would not be had by another store.
  await (await other.acquire(prefix)).release();
  const state = await stateOf(other, prefix);
  await other.close();
  process.stdout.write(`${JSON.stringify({ failures, state, isOver: fault.calls >= fault.at })}\n`);
}
