import { hasPeer } from './peers.mjs';

/** Three million flights from Parquet and CSV to the end, in Node and in Chromium. */
export const flights = {
  name: 'flights',
  title: 'three million flights end to end, in Node and in Chromium',
  rounds: { quick: 1, full: 5, large: 5 },
  budgetMs: { quick: 1, full: 75_000, large: 75_000 },
  async measure({ isQuick, runtimes, lane, compare }) {
    const peers = { node: hasPeer('@duckdb/node-api') ? ['native'] : [], chromium: ['opfs'] };
    for (const runtime of runtimes) {
      const names = isQuick ? ['bare', 'cairn'] : ['bare', 'naive', 'cairn', ...peers[runtime]];
      await compare(runtime, `flights, 3,000,000 rows, ${runtime}`, {
        floor: 'bare',
        subject: 'cairn',
        contenders: Object.fromEntries(names.map((name) => [name, lane(runtime, name, 'flights')])),
      });
    }
  },
};
