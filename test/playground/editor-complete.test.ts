import { readFileSync } from 'node:fs';
import { yamlSteps } from '@cairn/core/yaml';
import { describe, expect, test } from 'vitest';
import { completeSql } from '../../playground/src/state/complete-sql.js';
import { completeYaml } from '../../playground/src/state/complete-yaml.js';
import type { Known, Suggestions } from '../../playground/src/state/completion.js';
import { pipelineFormat, type Schema } from '../../playground/src/state/pipeline-format.js';

const schema = JSON.parse(
  readFileSync(new URL('../../packages/core/pipeline.schema.json', import.meta.url), 'utf8'),
) as Schema;
const format = pipelineFormat(schema);
const known: Known = {
  steps: ['flights', 'late', 'by-hour'],
  processes: ['ingest', 'report'],
  params: ['least', 'since'],
  columns: new Map([
    [
      'flights',
      [
        { name: 'delay', type: 'BIGINT' },
        { name: 'to go', type: 'DOUBLE' },
      ],
    ],
    ['late', [{ name: 'is_late', type: 'BOOLEAN' }]],
  ]),
  functions: [{ name: 'avg', arguments: 'x', description: 'The mean.' }],
};
const types = {
  source: ['csv', 'parquet'],
  sink: ['csv'],
  transform: ['flatten'],
  check: ['notNull', 'unique'],
};

/** A text whose place is marked with `|`. */
function marked(text: string): readonly [string, number] {
  const at = text.indexOf('¦');
  return [text.slice(0, at) + text.slice(at + 1), at];
}
const labels = (found: Suggestions | undefined): readonly string[] =>
  (found?.options ?? []).map(({ label }) => label);
const inSql = (text: string): Suggestions | undefined => completeSql(...marked(text), 'here', known);

describe('in a statement', () => {
  test.each([
    ['select * from ¦', ['flights', 'late', 'by-hour']],
    ['select * from fl¦', ['flights', 'late', 'by-hour']],
    ['from flights f join ¦', ['flights', 'late', 'by-hour']],
    ['select 1 from flights, ¦', ['flights', 'late', 'by-hour']],
    ['select f.¦ from flights f', ['delay', 'to go']],
    ['select late.¦ from flights f join late', ['is_late']],
    ['select * from flights where delay > $¦', ['least', 'since']],
    ["select 'a ¦' from flights", []],
    ['select a -- from ¦', []],
    ['select x.¦ from flights', []],
    ['select 1¦', []],
  ])('%s', (text, expected) => {
    expect(labels(inSql(text))).toEqual(expected);
  });

  test('columns of what is read stand first, then keywords, steps and functions', () => {
    const found = inSql('select d¦ from flights');
    const first = found?.options.toSorted((one, other) => (other.boost ?? 0) - (one.boost ?? 0)) ?? [];
    expect(first.slice(0, 2)).toMatchObject([
      { label: 'delay', kind: 'column', detail: 'BIGINT' },
      { label: 'to go', insert: '"to go"' },
    ]);
    expect(labels(found)).toEqual(expect.arrayContaining(['distinct', 'late', 'avg', 'double']));
    expect(labels(found)).not.toContain('is_late');
    expect(found?.from).toBe('select '.length);
  });

  test('the step itself is not offered', () => {
    expect(labels(completeSql('from ', 5, 'late', known))).toEqual(['flights', 'by-hour']);
  });
});

describe('in the YAML', () => {
  const complete = (text: string): Suggestions | undefined => {
    const [yaml, at] = marked(text);
    const statements = yamlSteps(yaml).flatMap(({ name, sql }) =>
      sql === undefined
        ? []
        : [
            {
              step: name,
              text: sql.text,
              from: sql.from,
              to: sql.to,
              offset: (place: number) => sql.offset(place),
            },
          ],
    );
    return completeYaml(yaml, at, statements, known, types, format);
  };
  const head = 'name: p\nprocesses:\n  ingest:\n';

  test.each([
    ['¦', ['name', 'params', 'checkpoint', 'processes']],
    ['name: p\npa¦', ['params', 'checkpoint', 'processes']],
    [
      'name: p\nparams:\n  least:\n    ty¦',
      ['type', 'default', 'description', 'required', 'enum', 'min', 'max'],
    ],
    ['name: p\nparams:\n  least: { type: ¦', ['string', 'number', 'integer', 'boolean', 'date']],
    ['name: p\nparams:\n  least:\n    type: int¦\n', ['string', 'number', 'integer', 'boolean', 'date']],
    ['name: p\ncheckpoint: ¦', ['cache', 'correlation', 'run', 'auto', 'false']],
    [`${head}    - source: a\n      from: { type: ¦`, ['csv', 'parquet']],
    [`${head}    - source: a\n      from: ¦`, ['csv', 'parquet']],
    [`${head}    - sink: a\n      input: ¦`, ['flights', 'late', 'by-hour']],
    [`${head}    - fanIn: a\n      inputs: [flights, ¦`, ['flights', 'late', 'by-hour']],
    [`${head}    - fanIn: a\n      inputs:\n        - ¦`, ['flights', 'late', 'by-hour']],
    [`${head}    after: [¦`, ['ingest', 'report']],
    [`${head}    - step: a\n      checks:\n        - { type: ¦`, ['notNull', 'unique']],
    [
      `${head}    - step: a\n      checks:\n        - { type: notNull, column: ¦`,
      ['delay', 'to go', 'is_late'],
    ],
    [`${head}    - step: a\n      retry: { backoff: ¦`, ['exponential', 'constant']],
    [`${head}    - source: a\n      from: { type: csv, path: $¦`, ['$least', '$since']],
    ['name: p # pa¦', []],
  ])('%j', (text, expected) => {
    expect(labels(complete(text))).toEqual(expected);
  });

  test('the keys of an entry are those of its kind, but for what is there', () => {
    const keys = labels(complete(`${head}    - source: a\n      ¦\n      checks: []\n    - step: b\n`));
    expect(keys).toEqual(expect.arrayContaining(['from', 'retry', 'tags']));
    for (const other of ['source', 'sql', 'to', 'checks', 'step']) expect(keys).not.toContain(other);
    expect(labels(complete(`${head}    - ¦`))).toEqual(
      expect.arrayContaining(['source', 'step', 'fanIn', 'sink']),
    );
    expect(labels(complete(`${head}    - step: a\n      retry:\n        m¦`))).toEqual(
      expect.arrayContaining(['maxAttempts', 'maxDelayMs']),
    );
  });

  test('a key says what it is for, and what it takes', () => {
    const options = complete(`${head}    - source: a\n      ¦`)?.options ?? [];
    expect(options.find(({ label }) => label === 'from')).toMatchObject({
      insert: 'from: ',
      detail: 'needed',
      info: 'Where from: the connector and its options',
    });
    expect(options.find(({ label }) => label === 'checks')?.insert).toBe('checks:');
  });

  test('a statement in it is completed as SQL', () => {
    const text = `${head}    - step: a\n      sql: |\n        select *\n        from fl¦\n`;
    expect(labels(complete(text))).toEqual(['flights', 'late', 'by-hour']);
    expect(complete(text)?.from).toBe(text.indexOf('fl¦'));
    expect(labels(complete(`${head}    - step: a\n      sql: from flights where ¦# x`))).toContain('delay');
    expect(labels(complete(`${head}    - step: a\n      sql: |\n        select 1\n      ¦`))).toContain(
      'retry',
    );
    expect(labels(complete(`${head}    - step: a\n      sql: |\n       ¦ select`))).not.toContain('retry');
  });
});
