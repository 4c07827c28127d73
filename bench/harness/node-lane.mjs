// A contender in a Node process of its own.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../contenders/node-process.mjs', import.meta.url));

/** Starts a contender; `call` does one of its methods, `die` one in which its process must be killed. */
export async function nodeLane(contender, workload) {
  const child = fork(program, [contender, workload], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  const waiting = new Map();
  let [requests, said] = [0, ''];
  child.stderr.on('data', (text) => (said += text));
  const ended = new Promise((resolve) => {
    child.on('exit', (code, signal) => {
      for (const { reject } of waiting.values())
        reject(new Error(`the process ended with ${code ?? signal}: ${said.slice(-500)}`));
      resolve(signal);
    });
  });
  child.on('message', ({ id, value, error }) => {
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) resolve(value);
    else reject(new Error(error));
  });
  const call = (method, ...given) =>
    new Promise((resolve, reject) => {
      const id = (requests += 1);
      waiting.set(id, { resolve, reject });
      child.send({ id, method, given });
    });
  const lane = {
    call,
    async die(method, ...given) {
      const outcome = call(method, ...given).catch(() => undefined);
      const signal = await Promise.race([ended, outcome.then(() => undefined)]);
      if ((signal ?? (await ended)) !== 'SIGKILL') throw new Error(`${contender} was not killed: ${said}`);
    },
    async close() {
      child.kill();
      await ended;
    },
  };
  try {
    await call('open');
  } catch (error) {
    await lane.close();
    throw error;
  }
  return lane;
}
