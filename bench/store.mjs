// What the file-system store costs above bare writes of the same bytes, measured in turns in the same run:
// node bench/store.mjs
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fsStore } from '@cairn/node';

const root = await mkdtemp(join(tmpdir(), 'cairn-bench-'));
const store = fsStore({ root: join(root, 'store') });
const lease = await store.acquire('runs/r/');

const median = (values) => values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];

/** Takes turns between the floor and what is measured, so that a busy machine disturbs both alike. */
async function compare(name, unit, rounds, floor, measured) {
  const times = { floor: [], measured: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const [what, run] of Object.entries({ floor, measured })) {
      const begun = performance.now();
      await run(round);
      times[what].push(performance.now() - begun);
    }
  }
  const [base, cost] = [median(times.floor), median(times.measured)];
  const figures = `${base.toFixed(2)} ${unit} bare, ${cost.toFixed(2)} ${unit} store`;
  console.log(`${name.padEnd(44)} ${(cost / base).toFixed(2)} x  (${figures})`);
}

const record = new Uint8Array(600).fill(97);
const bare = await open(join(root, 'bare.log'), 'a');
const bareAppend = async () => {
  await bare.write(record);
  await bare.datasync();
};
await compare('synced append of 600 bytes', 'ms', 500, bareAppend, () =>
  store.append('runs/x/journal', record, { sync: true }),
);
await compare('the same under a lease', 'ms', 500, bareAppend, () =>
  store.append('runs/r/journal', record, { sync: true, lease }),
);
await bare.close();

const part = new Uint8Array(16 * 1024 * 1024).map((_, at) => at * 31);
const writeBare = async (path, bytes) => {
  const handle = await open(path, 'w');
  await handle.write(bytes);
  await handle.sync();
  await handle.close();
};
await compare(
  'synced put of 16 MiB',
  'ms',
  15,
  (round) => writeBare(join(root, `bare-${round}`), part),
  (round) => store.put(`objects/${round}`, part, { ifAbsent: true, sync: true }),
);
await compare(
  'synced put of 600 bytes',
  'ms',
  200,
  (round) => writeBare(join(root, `small-${round}`), record),
  (round) => store.put(`cache/${round}.json`, record, { sync: true }),
);
await compare(
  'get of 16 MiB',
  'ms',
  15,
  async (round) => {
    const handle = await open(join(root, `bare-${round}`), 'r');
    await handle.read(new Uint8Array(part.length), 0, part.length, 0);
    await handle.close();
  },
  (round) => store.get(`objects/${round}`),
);

const count = 5000;
for (let at = 0; at < count; at += 100) {
  await Promise.all(Array.from({ length: 100 }, (_, next) => store.put(`many/${at + next}`, record)));
}
const begun = performance.now();
let listed = 0;
for await (const object of store.list('many/')) listed += object.size > 0 ? 1 : 0;
const perKey = ((performance.now() - begun) * 1000) / listed;
console.log(`${`list of ${listed} keys`.padEnd(44)} ${perKey.toFixed(1)} microseconds a key`);

await lease.release();
await store.close();
await rm(root, { recursive: true, force: true });
