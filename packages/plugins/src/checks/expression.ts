import { invalidArgument, isSql, sql, type Check, type Sql } from '@cairn/core/plugin';
import { commonParts, type CheckOptions } from './options.ts';

/**
 * A condition is true for every row, or null, as a CHECK constraint of SQL has it. It may hold params, and sub-queries over
 * other steps.
 *
 * @example
 * expression(sql`arrival >= departure`, { name: 'arrives after it departs' });
 * @throws CairnError `invalid_argument`
 */
export function expression(condition: Sql, options: CheckOptions = {}): Check {
  if (!isSql(condition)) throw invalidArgument('expression', 'needs a condition: sql`...`');
  const text = condition.chunks.map((chunk) => (chunk.kind === 'text' ? chunk.text : '?')).join('');
  const short = text.replace(/\s+/g, ' ').trim();
  const usual = `expression(${short.length > longest ? `${short.slice(0, longest)}…` : short})`;
  return Object.freeze({
    type: 'expression',
    ...commonParts('expression', usual, options),
    options: { condition },
    inputs: condition.steps,
    fails: () => sql`not (${condition}\n)`,
  } satisfies Check);
}

const longest = 80;
