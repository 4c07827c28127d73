import { invalidArgument, sql, type Check } from '@cairn/core/plugin';
import { checkColumn, commonParts, type CheckOptions } from './options.ts';

/**
 * The values of a column, as text, match a regular expression somewhere: write `^` and `$` for the whole. Null passes.
 *
 * The engine matches, by the rules of RE2: no lookaround and no references back. Of a RegExp's flags `i`, `s` and `u` are
 * taken.
 *
 * @param pattern A RegExp, or text in RE2's syntax.
 * @see https://github.com/google/re2/wiki/Syntax
 * @throws CairnError `invalid_argument`
 */
export function matches(column: string, pattern: RegExp | string, options: CheckOptions = {}): Check {
  checkColumn('matches', column);
  const { source, flags } = typeof pattern === 'string' ? { source: pattern, flags: '' } : pattern;
  if (typeof source !== 'string' || source === '')
    throw invalidArgument('matches', 'needs a regular expression after the column');
  const other = /[^isu]/.exec(flags)?.[0];
  if (other !== undefined)
    throw invalidArgument('matches', `the flag '${other}' of a RegExp says nothing here (known: i, s, u)`);
  const modes = flags.replace('u', '');
  return Object.freeze({
    type: 'matches',
    ...commonParts('matches', `matches(${column})`, options),
    options: { column, pattern: source, flags: modes },
    says: `'${column}' does not match`,
    // RE2's own way to write flags: an option of the function holds other letters.
    fails: (context) =>
      sql`not regexp_matches(${context.column(column)}::varchar, ${modes === '' ? source : `(?${modes})${source}`})`,
  } satisfies Check);
}
