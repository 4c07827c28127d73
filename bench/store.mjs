// What the file-system store costs above bare writes of the same bytes, measured in turns in the same run:
// node bench/store.mjs
import { createHash } from 'node:crypto';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadPacker, packObject, unpackObject } from '@cairn/core/store';
import { fsStore } from '@cairn/node';
import { partOf } from './store/part-of.mjs';

const root = await mkdtemp(join(tmpdir(), 'cairn-bench-'));
const store = fsStore({ root: join(root, 'store') });
const lease = await store.acquire('runs/r/');

const median = (values) => values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];

/**
 * Takes turns between the floor and what is measured, so that a busy machine disturbs both alike. CPU time is of all threads
 * of the process.
 */
async function compare(name, unit, rounds, floor, measured) {
  const times = { floor: [], measured: [] };
  const cpu = { floor: [], measured: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const [what, run] of Object.entries({ floor, measured })) {
      const before = process.cpuUsage();
      const begun = performance.now();
      await run(round);
      times[what].push(performance.now() - begun);
      const { user, system } = process.cpuUsage(before);
      cpu[what].push((user + system) / 1000);
    }
  }
  const [base, cost] = [median(times.floor), median(times.measured)];
  const figures = `${base.toFixed(2)} ${unit} bare, ${cost.toFixed(2)} ${unit} store`;
  const ofCpu = `CPU ${median(cpu.floor).toFixed(2)} and ${median(cpu.measured).toFixed(2)}`;
  console.log(`${name.padEnd(44)} ${(cost / base).toFixed(2)} x  (${figures}; ${ofCpu})`);
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
// What a step stores: a part of five columns, hashed, packed and stored by the store, and hashed and written bare.
const hashBare = (bytes) => createHash('sha256').update(bytes).digest('hex');
const shared = (round) => {
  const made = partOf(round);
  const bytes = new Uint8Array(new SharedArrayBuffer(made.length));
  bytes.set(made);
  return bytes;
};
const [bareParts, parts] = [[], []];
for (let round = 0; round < 15; round += 1) {
  bareParts.push(partOf(round));
  parts.push(shared(round));
}
const hashes = [];
await compare(
  `synced object of ${(parts[0].length / 2 ** 20).toFixed(1)} MiB, five columns`,
  'ms',
  15,
  async (round) => writeBare(join(root, `part-${hashBare(bareParts[round])}`), bareParts[round]),
  async (round) => {
    const { sha256, stored } = store.objects.put(parts[round], { sync: true });
    await stored;
    hashes.push(await sha256);
  },
);
await compare(
  'the same read and verified',
  'ms',
  15,
  async (round) => {
    const handle = await open(join(root, `part-${hashBare(bareParts[round])}`));
    const bytes = await handle.readFile();
    await handle.close();
    hashBare(bytes);
  },
  (round) => store.objects.get(hashes[round]),
);
let stored = 0;
for await (const { size } of store.list(`objects/${hashes[0]}`)) stored = size;

const packer = await loadPacker();
const timed = (work) => {
  const rounds = Array.from({ length: 9 }, () => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return parts[0].length / (user + system);
  });
  return `${median(rounds).toFixed(0)} MB/s`;
};
const packed = packObject(bareParts[0], packer);
console.log(
  `${'packing in one thread'.padEnd(44)} ${(parts[0].length / stored).toFixed(2)} times smaller, ` +
    `${timed(() => packObject(bareParts[0], packer))} packed, ${timed(() => unpackObject(packed, packer, 'x'))} unpacked`,
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
