import { fanIn, param, sql, step } from '@cairn/core';
import {
  Bool,
  Dictionary,
  Float32,
  Int32,
  Table,
  tableFromArrays,
  tableToIPC,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import { z } from 'zod';
import { dims, few } from './generated.ts';
import { parityCase, shape, type ParityCase } from './parity-case.ts';

const version = '1';

const mixedRows = step(
  'mixed_rows',
  {},
  () =>
    Array.from({ length: 5000 }, (_, i) => ({
      id: i,
      big: BigInt(i) * 1_000_000_007n,
      float: i % 9 === 0 ? null : i / 4,
      text: i % 5 === 0 ? undefined : `wörd ${i % 77} 🏔`,
      when: new Date(Date.UTC(2000, i % 12, 1 + (i % 28), i % 24)),
      flag: i % 3 === 0 ? null : i % 2 === 0,
      bytes: Uint8Array.of(i % 256, 0, 255),
      list: i % 4 === 0 ? null : [i, i % 7 === 0 ? null : -i],
      nested: { name: `n${i % 10}`, at: { x: i * 0.5, tags: ['a', `b${i % 3}`] } },
      nothing: null,
    })),
  { version },
);

const oddFloats = step(
  'odd_floats',
  {},
  () =>
    [Number.NaN, Infinity, -Infinity, -0, 0, 5e-324, 1.7976931348623157e308, null, 0.1 + 0.2].map(
      (value) => ({ value }),
    ),
  { version },
);

const arrowTable = step(
  'arrow_table',
  {},
  () => {
    const ids = Array.from({ length: 4000 }, (_, i) => i);
    return new Table({
      id: vectorFromArray(ids, new Int32()),
      f: vectorFromArray(
        ids.map((i) => (i % 6 === 0 ? null : i / 8)),
        new Float32(),
      ),
      b: vectorFromArray(
        ids.map((i) => i % 2 === 0),
        new Bool(),
      ),
      word: vectorFromArray(
        ids.map((i) => `w${i % 21}`),
        new Dictionary(new Utf8(), new Int32()),
      ),
    });
  },
  { version },
);

const ipcBytes = step(
  'ipc_bytes',
  {},
  () =>
    tableToIPC(
      tableFromArrays({
        n: Int32Array.from({ length: 3000 }, (_, i) => i * 3),
        x: Float64Array.from({ length: 3000 }, (_, i) => i / 16),
      }),
      'file',
    ),
  { version },
);

const scored = step(
  'scored',
  { few },
  async (inputs) => {
    const rows: object[] = [];
    for (const row of await inputs.few.arrow({ columns: ['id', 'k', 's', 'd'], limit: 6000 })) {
      const k = Number(row['k']);
      rows.push({
        id: Number(row['id']),
        score: k * k - Number(row['d']),
        initials: String(row['s']).toUpperCase(),
        label: k % 2 === 0 ? 'even' : null,
      });
    }
    return rows;
  },
  { version },
);

const batched = step(
  'batched',
  { few },
  async (inputs) => {
    const sums: { batch: number; rows: number; total: number }[] = [];
    for await (const batch of inputs.few.batches()) {
      let total = 0;
      for (const value of batch.getChild('k') ?? []) total += Number(value);
      sums.push({ batch: sums.length, rows: batch.numRows, total });
    }
    return sums;
  },
  { version },
);

const untouched = step('untouched', { dims }, (inputs) => inputs.dims.arrow(), { version });

const asQuery = step(
  'as_query',
  { few, least: param('least') },
  ({ least }) => sql`select g, count(*) as n from ${few} where k >= ${Number(least)} group by g`,
  { version },
);

const emptyTable = step(
  'empty_table',
  {},
  () => tableFromArrays({ a: new Int32Array(0), b: new Float64Array(0) }),
  { version },
);

const north = step('north', sql`select id, s, m from ${few} where g < 25`);
const south = step('south', sql`select s, id::BIGINT as id, m::DOUBLE as m, g from ${few} where g >= 25`);
const rest = step('rest', sql`select k as id, label as "S" from ${dims}`);
const gathered = fanIn('gathered', [north, south, rest]);

const wideNames = Array.from({ length: 300 }, (_, i) => i);
const wide = step(
  'wide',
  sql`select i, ${sql.join(wideNames.map((n) => sql`(i * ${n + 1}) % 1009 as ${sql.id(`c${n}`)}`))} from range(3000) r(i)`,
);
const summed = sql.join(wideNames.map((n) => sql`sum(${sql.id(`c${n}`)}) as ${sql.id(`s${n}`)}`));

const passing = step('passing', sql`select *, d + k as e from ${few} where b`, { checkpoint: false });
const passingOn = step('passing_on', sql`select k, sum(e) as e, count(*) as n from ${passing} group by k`, {
  checkpoint: false,
});

const everyParam = z.object({
  int: z.number(),
  big: z.bigint(),
  float: z.number(),
  text: z.string(),
  flag: z.boolean(),
  date: z.date(),
  bytes: z.instanceof(Uint8Array),
  nothing: z.null(),
});

/** TypeScript between SQL, unions of tables, wide tables, params. */
export const transforms: readonly ParityCase[] = [
  parityCase('rows-of-a-transform', [
    step('copied', sql`from ${mixedRows}`),
    step(
      'grouped',
      sql`select nested.name as n, flag, count(*) as c, max("when") as w, sum(big) as b from ${mixedRows} group by all`,
    ),
    step('unnested', sql`select id, unnest(list) as item, unnest(nested.at.tags) as tag from ${mixedRows}`),
  ]),
  parityCase('odd-numbers-of-a-transform', [
    step('sorted', sql`select value, value::VARCHAR as t from ${oddFloats} order by value nulls first`),
  ]),
  parityCase('arrow-table-of-a-transform', [
    step('grouped', sql`select word, b, sum(f) as f, max(id) as id from ${arrowTable} group by word, b`),
  ]),
  parityCase('ipc-of-a-transform', [
    step('joined', sql`select a.n, b.x from ${ipcBytes} a join ${ipcBytes} b on a.n = b.n + 3`),
  ]),
  parityCase('transform-of-a-table', [
    step(
      'ranked',
      sql`select label, rank() over (partition by label order by score) as r, initials from ${scored}`,
    ),
  ]),
  parityCase('transform-in-batches', [batched]),
  parityCase('transform-that-passes-on', [
    step('regions', sql`select region, count(*) as n from ${untouched} group by region`),
  ]),
  parityCase(
    'transform-of-sql',
    [step('largest', sql`select * from ${asQuery} order by n desc, g limit 10`)],
    { schema: z.object({ least: z.number() }), values: { least: 700 } },
  ),
  parityCase('empty-table-of-a-transform', [
    step(
      'joined',
      sql`select f.id, e.b from ${few} f left join ${emptyTable} e on e.a = f.id where f.id < 100`,
    ),
  ]),
  parityCase('fan-in', [
    step('by_text', sql`select s, count(*) as n, sum(m) as m from ${gathered} group by s`),
  ]),
  parityCase('fan-in-in-another-order', [fanIn('turned', [rest, south, north])]),
  parityCase('wide-table', [
    step('sums', sql`select i % 7 as w, ${summed} from ${wide} group by w`),
    step('again', sql`select * from ${wide} where c7 % 2 = 0`),
  ]),
  parityCase('steps-without-checkpoints', [
    step('top', sql`select * from ${passingOn} where n > 2 order by e desc, k limit 200`),
    step('joined', sql`select p.k, d.label from ${passingOn} p join ${dims} d using (k)`),
  ]),
  parityCase(
    'params-of-every-type',
    [
      step(
        'values_given',
        sql`select ${param('int')} as i, ${param('big')} as b, ${param('float')} as f, ${param('text')} as t, ${param('flag')} as g, ${param('date')} as d, ${param('bytes')} as y, ${param('nothing')} as n`,
      ),
      step(
        'filtered',
        sql`select id, s, t + (${param('date')}::TIMESTAMP - timestamp '2020-01-01') as moved from ${few} where k > ${param('int')} and d < ${param('float')} and s <> ${param('text')} and b = ${param('flag')}`,
      ),
    ],
    {
      schema: everyParam,
      values: {
        int: 42,
        big: 12_345_678_901_234_567_890n,
        float: 1234.5,
        text: `it's "quoted" 🏔`,
        flag: true,
        date: new Date('2021-02-03T04:05:06.789Z'),
        bytes: Uint8Array.of(0, 1, 254, 255),
        nothing: null,
      },
    },
  ),
  shape(
    'plain-values',
    sql`select id, ${'a text'} as t, ${1.5} as f, ${2n ** 70n} as h, ${null} as n, ${new Date(0)} as d, k in (${sql.join([1, 2, 3, 500])}) as few from ${few} where g < ${25}`,
  ),
];
