// A process that uses a store as it is told: a line of JSON for a call, a line of JSON for what became of it. The first
// argument holds `{ root, times, identity }`.
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { createFsStore } from '../../packages/node-adapter/dist/fs-object-store.js';
import { leaseTimes } from '../../packages/node-adapter/dist/lease-times.js';

const { root, times, identity } = JSON.parse(process.argv[2]);
const store = createFsStore({ root }, { times: { ...leaseTimes, ...times }, identity });
const text = (value) => new TextEncoder().encode(value);
const tell = (value) => writeSync(1, `${JSON.stringify(value)}\n`);
let lease;

const calls = {
  async acquire(prefix, options) {
    lease = await store.acquire(prefix, options);
    return lease.generation;
  },
  release: () => lease.release(),
  put: (key, value, options) => store.put(key, text(value), { lease, ...options }),
  append: (key, record, options) => store.append(key, text(record), { lease, ...options }),
  delete: (key) => store.delete(key, { lease }),
  isLost: async () => lease.signal.aborted,
  wait: (ms) => pause(ms),
  /** Keeps the main thread, and nothing else, from going on. */
  async block(ms) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  },
  /** Stops at the call number `at` of the file system, `before` or `after` it; tells how many calls there were. */
  async stopAt(at, when) {
    let calls = 0;
    const stop = (name) => {
      tell({ stopped: name });
      process.kill(process.pid, 'SIGSTOP');
    };
    const isHere = () => (calls += 1) === at;
    globalThis.fsFaults.around = async ({ name, run }) => {
      const here = isHere();
      if (here && when === 'before') stop(name);
      try {
        return await run();
      } finally {
        if (here && when === 'after') stop(name);
      }
    };
    globalThis.fsFaults.now = ({ name, run }) => {
      const here = isHere();
      if (here && when === 'before') stop(name);
      try {
        return run();
      } finally {
        if (here && when === 'after') stop(name);
      }
    };
    calls = 0;
  },
  /** Stops before the first call of this name. */
  async stopBefore(wanted) {
    globalThis.fsFaults.around = async ({ name, run }) => {
      if (name !== wanted) return run();
      tell({ stopped: name });
      process.kill(process.pid, 'SIGSTOP');
      return run();
    };
  },
  /** Appends records in one turn, of which the last one is not written; tells what became of each. */
  async appendTogether(key, records, code) {
    const ends = records.map((record, at) => {
      if (at === records.length - 1) {
        globalThis.fsFaults.now = ({ name, run }) => {
          if (name !== 'writeSync') return run();
          globalThis.fsFaults.now = undefined;
          throw Object.assign(new Error(code), { code });
        };
      }
      return store.append(key, text(record), { lease, sync: true });
    });
    return Promise.all(
      ends.map((end) =>
        end.then(
          () => 'done',
          (error) => error.cause.code,
        ),
      ),
    );
  },
  /** From now on, whoever asks for a file that is open now is told that its handle is stale. */
  async goStale() {
    const handles = [...globalThis.fsFaults.handles];
    globalThis.fsFaults.now = ({ args, run }) => {
      if (!handles.some(({ fd }) => fd === args[0])) return run();
      throw Object.assign(new Error('ESTALE'), { code: 'ESTALE' });
    };
  },
  /** Writes and removes until the lease is lost; tells which operations were done and which were refused. */
  async writeOn(prefix, round) {
    const outcomes = [];
    for (let at = 0; ; at += 1) {
      const name = `${round}-${at}`;
      const sync = at % 3 === 0;
      const operations = {
        append: () => store.append(`${prefix}journal`, text(name), { lease, sync }),
        put: () => store.put(`${prefix}value-${name}`, text(name), { lease, sync, ifAbsent: at % 2 === 0 }),
        delete: () => store.delete(`${prefix}old-${at}`, { lease }),
      };
      for (const [operation, run] of Object.entries(operations)) {
        const code = await run().then(
          () => 'done',
          (error) => error.code,
        );
        outcomes.push([operation, operation === 'delete' ? String(at) : name, code]);
      }
      if (outcomes.at(-1)[2] !== 'done') return outcomes;
    }
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const [name, ...args] = JSON.parse(line);
  await calls[name](...args).then(
    (value = null) => tell({ value }),
    (error) => tell({ code: error.code ?? String(error) }),
  );
}
