import { hasPeer } from './peers.mjs';

const rowsOf = { quick: 100_000, full: 1_000_000, large: 5_000_000 };

/** Ten SQL steps with every table durable: against no checkpoints at all, the naive way, and what one would use instead. */
export const chain = {
  name: 'chain',
  title: 'a chain of ten SQL steps, in Node and in Chromium',
  budgetMs: { quick: 12_000, full: 150_000, large: 300_000 },
  async measure({ size, runtimes, lane, compare, say }) {
    const rows = rowsOf[size];
    const workload = `chain:${rows}`;
    const contenders = {
      node: ['bare', 'naive', 'cairn', 'auto', ...(hasPeer('@duckdb/node-api') ? ['native'] : [])],
      chromium: ['bare', 'naive', 'cairn', 'auto', 'opfs'],
    };
    const hashes = [];
    for (const runtime of runtimes) {
      const figures = await compare(runtime, `chain of ten, ${rows.toLocaleString('en')} rows, ${runtime}`, {
        floor: 'bare',
        subject: 'cairn',
        contenders: Object.fromEntries(
          contenders[runtime].map((name) => [name, lane(runtime, name, workload)]),
        ),
      });
      if (figures.cairn.hash !== undefined) hashes.push(`${figures.cairn.hash.slice(0, 12)} (${runtime})`);
    }
    say(`content hash of the last table: ${hashes.join(', ')}`);
    if (!hasPeer('@duckdb/node-api')) say('native DuckDB is not measured: npm --prefix bench/peers ci');
  },
};
