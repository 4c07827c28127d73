// What checks cost: a step of many rows with checks of its table, evaluated in one pass, against the same step without, in
// turns; beside it the same conditions counted by the engine in one statement, and in one statement each.
//   node bench/checks.mjs [--rows 3000000] [--rounds 5]
import { parseArgs } from 'node:util';
import { createRunner, definePipeline, memoryStore, sql, step } from '@cairn/core';
import { createNodeEngine } from '@cairn/node';
import { inRange, noDrift, notNull, unique } from '@cairn/plugins/checks';
import { inTurns, median, msText, ratioOf, ratioText } from './in-turns.mjs';

const { values: options } = parseArgs({
  options: { rows: { type: 'string', default: '3000000' }, rounds: { type: 'string', default: '5' } },
});
const rows = Number(options.rows);
const engine = createNodeEngine();
const shared = {
  identity: engine.identity,
  ...Object.fromEntries(
    ['open', 'createTable', 'query', 'exportParts', 'importParts', 'dropTable', 'onLost', 'onLoading'].map(
      (name) => [name, (...args) => engine[name](...args)],
    ),
  ),
  close: () => Promise.resolve(),
};
const columns = ['a', 'b', 'c', 'd', 'e'];
const text = `select range as id, range % 1000 as a, range % 7 as b, range / 3.0 as c, 'name ' || (range % 5000) as d,
  case when range % 100 > 0 then range % 24 end as e from range(${rows})`;
/** How long a step takes, with its checkpoint in memory. */
async function run(checks) {
  const runner = createRunner({ store: memoryStore(), engine: shared });
  const made = step('made', sql`${sql.raw(text)}`, { checks });
  const begun = performance.now();
  await runner.run(definePipeline({ name: 'checked', processes: { main: [made] } }));
  const took = performance.now() - begun;
  await runner.close();
  return took;
}

const table = { namespace: 'bench', name: 'made' };
await engine.createTable(table, { parts: [{ kind: 'text', text }] });
const query = (list) =>
  engine.query({
    parts: [
      { kind: 'text', text: `select ${list} from ` },
      { kind: 'table', table },
    ],
  });
const conditions = columns.map((column) => `count(*) filter (where "${column}" is null)`);

await run([]);
const five = columns.map((column) => notNull(column, { severity: 'warn', keepRows: 0 }));
const times = await inTurns(Number(options.rounds), {
  bare: () => run([]),
  notNulls: () => run(five),
  kept: () => run(columns.map((column) => notNull(column, { severity: 'warn' }))),
  ranges: () => run([...five, inRange('a', { min: 0, max: 999 }), inRange('c', { min: 0 })]),
  unique: () => run([unique('id')]),
  noDrift: () => run([noDrift()]),
  onePass: async () => void (await query(conditions.join(', '))),
  onePassEach: async () => {
    for (const condition of conditions) await query(condition);
  },
});
await engine.close();

const above = (name) => msText([median(times[name].map((ms, at) => ms - times.bare[at]))]);
const line = (what, name) =>
  console.log(
    `  ${what}: ${msText(times[name])}, ${ratioText(ratioOf(times[name], times.bare))}; above it ${above(name)}`,
  );
console.log(`${rows} rows, ${options.rounds} rounds, the checkpoint in memory`);
console.log(`  without checks: ${msText(times.bare)}`);
line('notNull of 5 columns', 'notNulls');
line('the same, rows that fail kept', 'kept');
line('and 2 inRange', 'ranges');
line('unique', 'unique');
line('noDrift of 6 columns', 'noDrift');
console.log(
  `  the engine alone: 5 conditions in one statement ${msText(times.onePass)}, in one each ${msText(times.onePassEach)}`,
);
