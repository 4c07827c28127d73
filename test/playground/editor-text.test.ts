import { yamlSteps } from '@cairn/core/yaml';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  changeBetween,
  edited,
  shownSql,
  sqlEdit,
  sqlSteps,
} from '../../playground/src/state/editor-text.js';
import { placeOfSqlError, wordAt, wordsOfSqlError } from '../../playground/src/state/sql-fault.js';

const yaml = `name: p
processes:
  main:
    - step: a
      sql: | # first
        select 1

    - { step: b, sql: from a }
    - step: a
      sql: twice
`;

test('a change between two texts makes one of the other, and is no larger than it must be', () => {
  const text = fc.array(fc.constantFrom('a', 'b', '\n'), { maxLength: 12 }).map((all) => all.join(''));
  fc.assert(
    fc.property(text, text, (before, after) => {
      const change = changeBetween(before, after);
      if (change === undefined) {
        expect(before).toBe(after);
        return;
      }
      expect(edited(before, change)).toBe(after);
      const cut = before.slice(change.from, change.to);
      if (cut !== '' && change.insert !== '') {
        expect(cut[0]).not.toBe(change.insert[0]);
        expect(cut.at(-1)).not.toBe(change.insert.at(-1));
      }
    }),
  );
});

test('a statement is shown without the end of its block, and edited so', () => {
  expect(sqlSteps(yaml).map(({ name }) => name)).toEqual(['a', 'b']);
  expect(shownSql(yamlSteps(yaml)[0]?.sql?.text ?? '')).toBe('select 1');
  const edit = sqlEdit(yaml, 'a', 'select 2,\n\n  3\n\n');
  expect(edit && edited(yaml, edit)).toBe(yaml.replace('select 1\n', 'select 2,\n\n          3\n'));
  expect(sqlEdit(yaml, 'c', 'select 1')).toBeUndefined();
});

describe('where the engine found something wrong', () => {
  const sql = 'select time,\n  delay > $minDelay as late, FLOOR(tme)\nfrom flights';
  const said = 'Step: The SQL failed: Binder Error: no column "tme"\nCandidate: "time"';
  const line = '  delay > $1 as late, FLOOR(tme)';
  const at = (place: number, number = 2, shown = line): string =>
    `${said}\n\nLINE ${number}: ${shown}\n${' '.repeat(`LINE ${number}: `.length + place)}^`;
  const found = (message: string, before = 0): string | undefined => {
    const span = placeOfSqlError(message, sql, before);
    return span && sql.slice(span.from, span.to);
  };

  test('is found by the line that it shows', () => {
    expect(found(at(line.indexOf('tme')))).toBe('tme');
    expect(found(at(line.indexOf('delay')))).toBe('delay');
    expect(found(at(line.indexOf('$1')))).toBe('$minDelay');
    expect(found(at(line.indexOf('tme'), 3), 1)).toBe('tme');
    expect(found(at(line.length))).toBe('FLOOR(tme)');
  });

  test('is nowhere once the line has changed, and where none is shown', () => {
    expect(found(at(3, 2, line.replace('late', 'later')))).toBeUndefined();
    expect(found(at(0, 9))).toBeUndefined();
    expect(found(said)).toBeUndefined();
  });

  test('is told in its words alone', () => {
    expect(wordsOfSqlError(at(3))).toBe('Binder Error: no column "tme"\nCandidate: "time"');
  });

  test('is a word, a quoted name or a character', () => {
    const words = (text: string, place: number): string => {
      const { from, to } = wordAt(text, place);
      return text.slice(from, to);
    };
    expect(words('a bc.d, e', 2)).toBe('bc.d');
    expect(words('a "b c" d', 2)).toBe('"b c"');
    expect(words('a (b)', 2)).toBe('(');
    expect(words('ab  \nc', 4)).toBe('ab  ');
    expect(words('', 0)).toBe('');
  });
});
