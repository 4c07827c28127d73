// What the tests of this folder do in another process: `node child.mjs <what> <root> [count]`. Prints one line of JSON.
import { readFile, rm, writeFile } from 'node:fs/promises';
import { fsStore } from '@cairn/node';

const [what, root, count = '0'] = process.argv.slice(2);
const store = fsStore({ root });
const text = (value) => new TextEncoder().encode(value);
const prefix = 'runs/r/';
const tell = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);

const work = {
  /** Puts keys that others put too; tells which ones were ours. */
  async race() {
    const won = [];
    for (let at = 0; at < Number(count); at += 1) {
      if (await store.put(`keys/${at}`, text(`${process.pid}`), { ifAbsent: true })) won.push(at);
    }
    tell(won);
  },
  /** Counts up in a file under the lease, in a way that loses counts as soon as two do it at one time. */
  async count() {
    const generations = [];
    for (let at = 0; at < Number(count); at += 1) {
      const lease = await store.acquire(prefix, { timeoutMs: Infinity });
      const counter = Number(await readFile(`${root}/counter`, 'utf8'));
      await new Promise((resolve) => setTimeout(resolve, 2));
      await writeFile(`${root}/counter`, `${counter + 1}`);
      generations.push(lease.generation);
      await lease.release();
    }
    tell(generations);
  },
  /** Works under the lease `count` times, alone: a file that must not be there says so. Tells the generations. */
  async exclude() {
    const generations = [];
    for (let at = 0; at < Number(count); at += 1) {
      const lease = await store.acquire(prefix, { timeoutMs: Infinity });
      await writeFile(`${root}/marker`, '', { flag: 'wx' });
      await store.append(`${prefix}journal`, text(`${lease.generation}`), { lease });
      await new Promise((resolve) => setTimeout(resolve, 5));
      await rm(`${root}/marker`);
      generations.push(lease.generation);
      await lease.release();
    }
    tell(generations);
  },
  /** Tries once to take the lease, at the time `count`; tells what became of it, and lives on until it is killed. */
  async take() {
    await new Promise((resolve) => setTimeout(resolve, Number(count) - Date.now()));
    const lease = await store.acquire(prefix).catch((error) => {
      if (error.code !== 'task_bound') throw error;
    });
    tell(lease?.generation ?? null);
    setInterval(() => undefined, 1000);
  },
  /** Holds the lease until it is killed. */
  async hold() {
    const lease = await store.acquire(prefix);
    await store.append(`${prefix}journal`, text('held'), { lease, sync: true });
    tell(lease.generation);
    setInterval(() => undefined, 1000);
  },
  /** Appends to a log that others append to, without a lease. */
  async append() {
    for (let at = 0; at < Number(count); at += 1) {
      await store.append('log', text(`${process.pid}:${at}:${'x'.repeat(at * 100)}`));
    }
    tell(process.pid);
  },
  /** Runs with a limit on the size of files: what does not fit fails in the middle. */
  async limited() {
    const code = (error) => [error.code, error.cause?.code];
    await store.put('value', text('old'), { sync: true });
    await store.append('log', text('first'), { sync: true });
    const codes = [
      await store.put('value', new Uint8Array(200_000)).catch(code),
      await store.put('other', new Uint8Array(200_000), { ifAbsent: true }).catch(code),
      await store.append('log', new Uint8Array(200_000).fill(1)).catch(code),
    ];
    tell(codes);
  },
};

await work[what]();
