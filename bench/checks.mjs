// What checks cost: a step of many rows with checks of its table, evaluated in one pass, against the same step without, in
// turns; beside it the same conditions counted by the engine in one statement, and in one statement each.
//   node bench/checks.mjs [--rows 3000000] [--rounds 5]
import { parseArgs } from 'node:util';
import { createRunner, definePipeline, memoryStore, sql, step } from '@cairn/core';
import { createNodeEngine } from '@cairn/node';
import { inRange, noDrift, notNull, unique } from '@cairn/plugins/checks';
import { inTurns, msText, ratioOf, ratioText } from './in-turns.mjs';

const { values: options } = parseArgs({
  options: { rows: { type: 'string', default: '3000000' }, rounds: { type: 'string', default: '5' } },
});
const rows = Number(options.rows);
const engine = createNodeEngine();
const shared = {
  identity: engine.identity,
  ...Object.fromEntries(
    ['open', 'query', 'exportParts', 'importParts', 'dropTable', 'onLost', 'onLoading'].map((name) => [
      name,
      (...args) => engine[name](...args),
    ]),
  ),
  async createTable(...args) {
    const info = await engine.createTable(...args);
    // Rows that fail are made a table too.
    if (args[0].name === 'made') madeAt = performance.now();
    return info;
  },
  close: () => Promise.resolve(),
};
let madeAt = 0;
const columns = ['a', 'b', 'c', 'd', 'e'];
const text = `select range as id, range % 1000 as a, range % 7 as b, range / 3.0 as c, 'name ' || (range % 5000) as d,
  case when range % 100 > 0 then range % 24 end as e from range(${rows})`;
/** How long a step takes, or of it the time from when its table was made to when its checks had come out. */
async function run(checks) {
  const runner = createRunner({ store: memoryStore(), engine: shared });
  const made = step('made', sql`${sql.raw(text)}`, { checks });
  const begun = performance.now();
  let evaluated;
  const onEvent = ({ type }) => {
    if (type === 'check_result') evaluated = performance.now() - madeAt;
  };
  await runner.run(definePipeline({ name: 'checked', processes: { main: [made] } }), undefined, { onEvent });
  const took = evaluated ?? performance.now() - begun;
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

const line = (what, name) =>
  console.log(`  ${what}: ${msText(times[name])}, ${ratioText(ratioOf(times[name], times.bare))} of that`);
console.log(`${rows} rows, ${options.rounds} rounds, the checkpoint in memory`);
console.log(`  the step without checks: ${msText(times.bare)}; evaluating them takes besides`);
line('notNull of 5 columns', 'notNulls');
line('the same, rows that fail kept', 'kept');
line('and 2 inRange', 'ranges');
line('unique', 'unique');
line('noDrift of 6 columns', 'noDrift');
console.log(
  `  the engine alone: 5 conditions in one statement ${msText(times.onePass)}, in one each ${msText(times.onePassEach)}`,
);
