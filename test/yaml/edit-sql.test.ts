import { contributions } from '@cairn/core/plugin';
import { editYamlSql, pipelineFromYaml, yamlSteps } from '@cairn/core/yaml';
import { compile } from '@cairn/core';
import { standardPlugins } from '@cairn/plugins';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

/** One step in each way to write a statement, with something before, beside and behind it. */
const text = `# of everything
name: p # a name
processes:
  one: # a process
    - source: numbers
      from: { type: csv, path: numbers.csv }

    # blocks
    - step: clipped
      description: clip   # odd   spacing
      sql: | # why
        select a,
           b
        from numbers


    # behind it
    - step: stripped
      sql: |-
       select 1 # no comment

    - step: kept
      sql: |+
        select 1

    - step: stated
      sql: |2
          select 1
        from numbers
      retry:   true
    - step: folded
      sql: >
        select 1
        from numbers
    - step: empty
      sql: |

    - { step: flow, sql: select 1 , retry: true } # flow
    - { step: flow-quoted, sql: "select 'it''s' \\t x", tags: [a,  b] }
  two:
    after: [one]
    steps:
    - step: plain
      sql: select 1 # beside
      tags: [x]
    - step: long
      sql: select 1,
        2
        from numbers # behind
      tags: [x]
    - step: single
      sql: 'select ''a'''   # beside
    - step: double
      sql: "select \\"a\\""
    - step: anchored
      sql: &query select 1
    - step: missing
      sql:
    - sql: |
            select 3
      step: backwards
    - step: last
      sql: |
        select 1
        from numbers`;

const steps = yamlSteps(text).filter(({ sql }) => sql !== undefined);
const sqlIn = (yaml: string): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(yamlSteps(yaml).map(({ name, sql }) => [name, sql?.text]));
function edited(yaml: string, step: string, sql: string): string {
  const edit = editYamlSql(yaml, step, sql);
  if (edit === undefined) throw new Error(step);
  return yaml.slice(0, edit.from) + edit.insert + yaml.slice(edit.to);
}

describe('steps', () => {
  test('are found with their places', () => {
    for (const { name, kind, nameFrom, from, process } of yamlSteps(text)) {
      expect(text.slice(nameFrom, nameFrom + name.length)).toBe(name);
      expect(text.slice(from)).toMatch(
        name === 'backwards' ? /^sql: / : new RegExp(`^(?:\\{ )?${kind}: ${name}`),
      );
      expect(process).toMatch(/one|two/);
    }
    expect(steps.map(({ name }) => name)).toHaveLength(16);
  });

  test('are found in a text that is no pipeline yet, and none where there is none', () => {
    const broken =
      'processes:\n  one:\n    - step: a\n      sql: select 1\n    - step: b\n      sql: "select\n';
    expect(yamlSteps(broken)[0]).toMatchObject({ name: 'a', sql: { text: 'select 1' } });
    expect(yamlSteps('')).toEqual([]);
    expect(yamlSteps('processes: [1, {}, [x]]')).toEqual([]);
    expect(yamlSteps(`a: ${'['.repeat(200)}`)).toEqual([]);
  });

  test('say where each character of a statement stands', () => {
    for (const name of ['clipped', 'stripped', 'stated', 'plain', 'flow', 'last']) {
      const { sql } = steps.find((step) => step.name === name) ?? {};
      if (sql === undefined) throw new Error(name);
      for (const [at, character] of sql.text.split('').entries())
        if (character !== '\n') expect(text[sql.offset(at)], `${name} ${at}`).toBe(character);
    }
  });

  test('are those that the pipeline has', async () => {
    const valid = edited(edited(text, 'missing', 'select 4'), 'empty', 'select 5');
    const registry = contributions(standardPlugins());
    const plan = await compile(await pipelineFromYaml(valid, { registry }));
    expect(plan.steps.map(({ name }) => name).toSorted()).toEqual(
      yamlSteps(valid)
        .map(({ name }) => name)
        .toSorted(),
    );
  });
});

describe('a statement that is written back', () => {
  const part = fc.constantFrom(
    'select ',
    'a',
    ' ',
    '  ',
    '\n',
    '\n\n',
    '\t',
    ',',
    ': ',
    ' #',
    "'",
    '"',
    '\\',
    '{',
    ']',
    '$p',
    '-- x',
    '|',
    '- ',
    'é',
    '🙂',
    '%',
    '&',
  );
  const statement = fc.array(part, { maxLength: 12 }).map((parts) => parts.join(''));

  test('is read as it was given, and nothing else is', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...steps.map(({ name }) => name)),
        statement,
        statement,
        (step, sql, next) => {
          const once = edited(text, step, sql);
          expect(sqlIn(once)).toEqual({ ...sqlIn(text), [step]: sql });
          const place = yamlSteps(once).find(({ name }) => name === step);
          if (place?.sql === undefined) throw new Error('it is gone');
          const twice = edited(once, step, next);
          expect(sqlIn(twice)).toEqual({ ...sqlIn(text), [step]: next });
        },
      ),
      { numRuns: 500 },
    );
  });

  test('changes its own lines alone: comments, blank lines and the others stay to the letter', () => {
    const own = (yaml: string): string =>
      yamlSteps(yaml)
        .toReversed()
        .reduce(
          (left, { sql }) => (sql === undefined ? left : left.slice(0, sql.from) + left.slice(sql.to)),
          yaml,
        );
    const lines = fc
      .array(fc.stringMatching(/^[a-z][a-z ,'()*=.]{0,20}[a-z]$/), { minLength: 1, maxLength: 4 })
      .map((all) => all.join('\n'));
    const blocks = ['clipped', 'stripped', 'stated', 'folded', 'backwards', 'last'];
    fc.assert(
      fc.property(fc.constantFrom(...blocks), lines, (step, sql) => {
        const { sql: before } = steps.find(({ name }) => name === step) ?? {};
        const tail = before?.text.endsWith('\n') === true ? '\n' : '';
        expect(own(edited(text, step, sql + tail))).toBe(own(text));
      }),
    );
  });

  test('that is the same changes nothing', () => {
    for (const { name, sql } of steps) expect(edited(text, name, sql?.text ?? '')).toBe(text);
  });

  test.each([
    [
      'clipped',
      'select 1\n  from x\n',
      '      sql: | # why\n        select 1\n          from x\n\n\n    # behind it',
    ],
    ['stripped', 'a\n\nb', '      sql: |-\n       a\n\n       b\n\n    - step: kept'],
    ['plain', 'select 2', '      sql: select 2 # beside\n'],
    ['plain', 'select\n  2', '      sql: |- # beside\n        select\n          2\n      tags: [x]'],
    ['plain', 'select 2 as "a: b"', '      sql: "select 2 as \\"a: b\\"" # beside\n'],
    ['single', "select 'b'", "      sql: 'select ''b'''   # beside\n"],
    ['double', 'select "b"', '      sql: "select \\"b\\""\n'],
    ['flow', 'select 2', '{ step: flow, sql: select 2 , retry: true } # flow'],
    ['flow', 'select a, b', '{ step: flow, sql: "select a, b" , retry: true } # flow'],
    ['anchored', 'select 2', '      sql: &query select 2\n'],
    ['missing', 'select 2', '      sql: select 2\n'],
    ['missing', 'select\n2', '      sql: |-\n        select\n        2\n    - sql: |'],
    ['folded', 'a\nb\n', '      sql: |\n        a\n        b\n    - step: empty'],
    ['last', 'a\nb\n', '      sql: |\n        a\n        b'],
  ])('of %s: %j', (step, sql, written) => {
    expect(edited(text, step, sql)).toContain(written);
  });

  test('keeps the line ends of its file, and has to be there', () => {
    const windows =
      'processes:\r\n  a:\r\n    - step: x\r\n      sql: |\r\n        select 1\r\n    - step: y\r\n      sql: select 2\r\n';
    expect(edited(windows, 'x', 'a\nb\n')).toBe(windows.replace('select 1\r\n', 'a\r\n        b\r\n'));
    expect(edited(`\uFEFF${windows}`, 'y', 'a\nb')).toBe(
      `\uFEFF${windows.replace('select 2\r\n', '|-\r\n        a\r\n        b\r\n')}`,
    );
    expect(editYamlSql(text, 'numbers', 'select 1')).toBeUndefined();
    expect(editYamlSql(text, 'nobody', 'select 1')).toBeUndefined();
  });
});
