import { isCairnError } from '@cairn/core';
import { pipelineFromYaml } from '@cairn/core/yaml';
import { describe, expect, test } from 'vitest';
import { registry } from './registry.ts';

interface Issue {
  readonly path: string;
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
  readonly suggestion?: string;
}

/** What is wrong with a text: each issue with the rest of the line that it points at. */
async function mistakes(text: string): Promise<string[]> {
  const error: unknown = await pipelineFromYaml(text, { registry, file: 'p.yaml' }).catch(
    (caught: unknown) => caught,
  );
  if (!isCairnError(error, 'invalid_pipeline_file'))
    throw error instanceof Error ? error : new Error('it was taken');
  const lines = text.split('\n');
  return (error.details['issues'] as readonly Issue[]).map(
    ({ message, line = 0, column = 1, suggestion }) => {
      const at = lines[line - 1]?.slice(column - 1) ?? '';
      return `${message}${suggestion === undefined ? '' : ` -> ${suggestion}`} @ ${at}`;
    },
  );
}

const whole = (entries: string, params = '{ least: { type: integer, default: 1 } }'): string =>
  `name: p\nparams: ${params}\nprocesses:\n  all:\n    - source: orders\n      from: { type: csv, path: orders.csv }\n${entries}`;

describe('each mistake is told at its place', () => {
  test.each<[string, string, ...string[]]>([
    [
      'an unknown key',
      '    - { step: a, sql: select 1, descripton: x }',
      'unknown key (known: step, sql,',
      '-> description @ descripton: x }',
    ],
    ['an unknown kind', '    - { sorce: a }', 'unknown key', '-> source @ sorce: a }'],
    ['no kind', '    - { a: 1 }', 'has none of the keys source, step, fanIn, sink, include', '@ { a: 1 }'],
    ['no object', '    - select 1', 'must be an object with source, step', '@ select 1'],
    ['two kinds', '    - { source: a, sink: b }', "has 'source' and 'sink'", '@ { source'],
    ['an effect', '    - { effect: a }', 'an effect is a function'],
    [
      'a step that is made in two ways',
      '    - { step: a, sql: select 1, sqlFile: x.sql }',
      "has 'sql' and 'sqlFile'",
    ],
    ['a step of nothing', '    - { step: a }', 'is missing', '@ { step: a }'],
    ['a wrong name', '    - { step: -a, sql: select 1 }', 'must be a name', '@ -a'],
    ['a number for a name', '    - { step: 12, sql: select 1 }', 'must be a name', 'not a number @ 12'],
    [
      'a name twice',
      '    - { step: Orders, sql: select 1 }',
      "the step 'orders' in process 'all' has this name",
      '@ Orders',
    ],
    [
      'a name that a process has',
      '    - { step: ALL, sql: select 1 }',
      "the process 'all' has this name",
      '@ ALL',
    ],
    [
      'an unknown step',
      '    - { fanIn: a, inputs: [orders, order] }',
      "there is no step 'order'",
      '-> orders @ order]',
    ],
    [
      'a step without a table',
      '    - { sink: s, input: orders, to: { type: csv, path: x } }\n    - { fanIn: a, inputs: [s] }',
      "the step 's' is a sink and has no table",
      '@ s]',
    ],
    ['an unknown step to wait for', '    - { step: a, sql: select 1, after: [ordrs] }', '-> orders @ ordrs'],
    [
      'an unknown table',
      '    - step: a\n      sql: |\n        -- comment\n        select *\n          from ordrs o',
      "step 'a' reads 'ordrs'",
      '-> orders @ ordrs o',
    ],
    [
      'a folded statement',
      '    - step: a\n      sql: >\n        select * from\n        ordrs',
      "reads 'ordrs'",
      '@ >',
    ],
    ['a quoted statement', `    - { step: a, sql: "from ordrs" }`, '-> orders @ ordrs" }'],
    [
      'an unknown param in SQL',
      '    - { step: a, sql: from orders where n > $leest }',
      "uses the param 'leest'",
      '-> least @ $leest',
    ],
    [
      'an unknown param in options',
      '    - source: a\n      from: { type: csv, path: $leest }',
      "there is no param 'leest'",
      '-> least @ $leest',
    ],
    [
      'a clash',
      '    - { step: a, sql: with orders as (select 1) from orders }',
      "has a common table expression 'orders', which is also a step",
      'inputs: []',
      '@ orders as',
    ],
    ['a file in SQL', "    - { step: a, sql: from 'x.csv' }", "reads the file 'x.csv'"],
    ['a function that reads', `    - { step: a, sql: "from read_csv('x.csv')" }`, 'calls read_csv()'],
    ['several statements', '    - { step: a, sql: select 1; select 2 }', 'holds several statements'],
    ['no query', '    - { step: a, sql: drop table x }', 'is one query'],
    ['an open string', `    - { step: a, sql: "select 'a" }`, 'has a string that never ends', `@ 'a" }`],
    [
      'an unknown connector',
      '    - { source: a, from: { type: cvs, path: x } }',
      'there is no such source (known: ',
      '-> csv @ cvs',
    ],
    [
      'an unknown check',
      '    - { step: a, sql: select 1, checks: [{ type: notnull, column: a }] }',
      'there is no such check',
      '-> notNull @ notnull',
    ],
    [
      'a wrong option',
      '    - { source: a, from: { type: csv, path: x, delimeter: y } }',
      '-> delimiter @ delimeter',
    ],
    [
      'an option that has a wrong value',
      '    - { source: a, from: { type: csv, path: x, header: yes } }',
      'it is true or false, and was given a text @ yes } }',
    ],
    [
      'what merges in YAML 1.1',
      '    - { source: a, from: { <<: { type: csv }, path: x } }',
      "'<<' merges in YAML 1.1, and this is 1.2",
      '@ <<: {',
    ],
    [
      'an unknown option of a check',
      '    - { step: a, sql: select 1, checks: [{ type: notNull, column: a, sevrity: warn }] }',
      "did you mean 'severity'?",
    ],
    [
      'a wrong option of a check',
      '    - { step: a, sql: select 1, checks: [{ type: notNull, column: [a] }] }',
      'must be text',
      '@ [a]',
    ],
    [
      'a wrong value',
      '    - { step: a, sql: select 1, timeoutMs: -1 }',
      'must be a number of milliseconds above 0',
      '@ -1',
    ],
    ['a wrong time zone', '    - { step: a, sql: select 1, timezone: Nowhere }', 'time zone'],
    [
      'a wrong retry',
      '    - { step: a, sql: select 1, retry: { maxAttemps: 3 } }',
      '-> maxAttempts @ maxAttemps',
    ],
    [
      'a form that there is not',
      '    - { source: a, from: { type: csv, path: { $secrt: X } } }',
      'is no form of a value',
      '-> $secret @ $secrt',
    ],
    [
      'a check that reads an unknown step',
      '    - { step: a, sql: select 1, checks: [{ type: references, column: a, otherColumn: b, step: { $step: ordrs } }] }',
      '-> orders @ ordrs',
    ],
    [
      'a cycle',
      '    - { step: a, sql: from b }\n    - { step: b, sql: from c }\n    - { step: c, sql: from a }',
      'none of these can start: ',
      '(a cycle)',
    ],
  ])('%s', async (_what, entries, ...told) => {
    const all = await mistakes(whole(entries));
    expect(all).toHaveLength(1);
    for (const one of told) expect(all[0]).toContain(one);
  });

  test.each([
    ['nothing', '', ['is missing', 'is missing']],
    ['a list', '- 1', ['must be an object, not a list']],
    [
      'an unknown key',
      'name: p\nproceses: {}',
      ['unknown key (known: $schema, name, params, checkpoint, processes) -> processes @ proceses: {}'],
    ],
    ['no processes', 'name: p\nprocesses: {}', ['must have at least one process @ {}']],
    ['no steps', 'name: p\nprocesses: { a: [] }', ["the process 'a' has no steps @ [] }"]],
    ['a process that is none', 'name: p\nprocesses: { a: 1 }', ['must be an object']],
    [
      'a wrong name of a process',
      'name: p\nprocesses: { "a b": [{ step: x, sql: select 1 }] }',
      ["'a b' is no name for a process"],
    ],
    [
      'an unknown process',
      'name: p\nprocesses: { a: { steps: [{ step: x, sql: select 1 }], after: [b] } }',
      ["the process 'a' is after 'b', which is no process"],
    ],
    [
      'keys twice',
      'name: p\nname: q\nprocesses: { a: [{ step: x, sql: select 1 }] }',
      ["the key 'name' is there twice @ name: q"],
    ],
  ])('%s', async (_what, text, told) => {
    const all = await mistakes(text);
    expect(all).toHaveLength(told.length);
    for (const [index, one] of told.entries()) expect(all[index]).toContain(one);
  });

  test.each([
    ['{ n: { typ: number } }', '-> type @ typ'],
    ['{ n: { type: float } }', 'must be string, number, integer, boolean or date @ float'],
    ['{ n: { type: integer, default: 1.5 } }', 'must be a whole number @ 1.5'],
    ['{ n: { type: integer, default: 3, max: 2 } }', 'must be 2 or less @ 3, max'],
    ['{ n: { type: string, enum: [a, 1] } }', 'must be a text @ 1]'],
    ['{ n: { type: boolean, min: 1 } }', 'goes with no boolean @ min'],
    ['{ n: { type: date, min: soon } }', 'must be a date of ISO 8601 @ soon'],
    ['{ n: { type: date, default: 2023-02-30 } }', 'must be a date of ISO 8601 @ 2023-02-30'],
    ['{ n: { type: string, default: a, required: true } }', 'goes with no default @ true'],
    ['{ a-b: { type: string } }', 'must be a letter or _'],
  ])('params: %s', async (params, told) => {
    const all = await mistakes(whole('', params));
    expect(all).toHaveLength(1);
    expect(all[0]).toContain(told);
  });
});

test('several are told at once, in the order of the file, each with its line', async () => {
  const text = whole(
    '    - { step: a, sql: from ordrs }\n    - { sink: s, input: x, to: { type: cvs } }\n    - { step: c, sql: "select $none", retry: 3 }',
  );
  const error: unknown = await pipelineFromYaml(text, { registry, file: 'p.yaml' }).catch(
    (caught: unknown) => caught,
  );
  const message = error instanceof Error ? error.message : '';
  expect(message).toMatch(/^p\.yaml has \d mistakes\n/);
  expect(message).toContain('  9 |     - { step: c, sql: "select $none", retry: 3 }\n    |');
});
