// Rows of the app become a Parquet and an Arrow file, which are read again, and come back to the app: node examples/formats/formats.mjs [folder]
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { definePipeline, sink, source, sql, step } from '@cairn/core';
import { createNodeRunner } from '@cairn/node';
import { fromArrow, toArrow } from '@cairn/plugins/arrow';
import { fromParquet, toParquet } from '@cairn/plugins/parquet';
import { fromTable, toTable } from '@cairn/plugins/table';

const folder = process.argv[2] ?? mkdtempSync(join(tmpdir(), 'cairn-formats-'));
const [parquet, arrow] = ['people.parquet', 'people.arrow'].map((name) => join(folder, name));

const people = source(
  'people',
  fromTable([
    { name: 'Ada', born: 1815, at: ['London', 'Marylebone'] },
    { name: 'Alan', born: 1912, at: ['London', 'Wilmslow'] },
    { name: 'Grace', born: 1906, at: ['New York'] },
  ]),
);
const toFiles = definePipeline({
  name: 'to-files',
  processes: {
    all: [
      people,
      sink('parquet', people, toParquet({ path: parquet })),
      sink('arrow', people, toArrow({ path: arrow })),
    ],
  },
});

const names = source('names', fromParquet({ path: parquet, columns: ['name', 'at'] }));
const years = source('years', fromArrow({ path: arrow, columns: ['name', 'born'] }));
const joined = step('joined', sql`select * from ${names} join ${years} using (name) order by born`);
const show = sink(
  'show',
  joined,
  toTable({
    onTable: (table) => {
      for (const { name, born, at } of table) console.log(`${name}, ${born}, ${[...at].join(' and ')}`);
    },
  }),
);
const fromFiles = definePipeline({ name: 'from-files', processes: { all: [names, years, joined, show] } });

const runner = createNodeRunner({ root: join(folder, '.cairn') });
try {
  await runner.run(toFiles);
  await runner.run(fromFiles);
} finally {
  await runner.close();
}
