import { invalidArgument, sql, type Check } from '@cairn/core/plugin';
import { checkColumn, commonParts, type CheckOptions } from './options.ts';

/**
 * No two rows have the same value in a column, or the same values in several together. As in SQL, a row in which one of
 * them is null is like no other.
 *
 * Kept of the rows that fail are all those of a key, the keys in order.
 *
 * @throws CairnError `invalid_argument`
 */
export function unique(columns: string | readonly string[], options: CheckOptions = {}): Check {
  const names = typeof columns === 'string' ? [columns] : [...columns];
  for (const name of names) checkColumn('unique', name);
  if (names.length === 0 || new Set(names).size < names.length)
    throw invalidArgument('unique', 'needs the names of one or more columns, each once');
  return Object.freeze({
    type: 'unique',
    ...commonParts('unique', `unique(${names.join(', ')})`, options),
    options: { columns: names },
    async evaluate({ table, column, query }) {
      const keys = names.map(column);
      const list = sql.join(keys);
      const known = sql.join(
        keys.map((key) => sql`${key} is not null`),
        sql` and `,
      );
      const twice = sql`select ${list} from ${table} where ${known} group by ${list} having count(*) > 1`;
      const found = await query(
        sql`select count(*) as keys, coalesce(sum(n), 0)::bigint as n
        from (select count(*) as n from ${table} where ${known} group by ${list} having count(*) > 1)`,
      );
      const [count, failing] = [0, 1].map((at) => Number(found.getChildAt(at)?.get(0)));
      const same = sql.join(
        keys.map((key) => sql`rows_.${key} = twice_.${key}`),
        sql` and `,
      );
      const order = sql.join(keys.map((key) => sql`rows_.${key}`));
      return {
        passed: failing === 0,
        failing,
        message: failing === 0 ? '' : `${failing} rows share ${count} ${count === 1 ? 'key' : 'keys'}`,
        metrics: { duplicateKeys: count ?? 0 },
        failingRows: sql`select rows_.* from ${table} as rows_ semi join (${twice}) as twice_ on ${same} order by ${order}`,
      };
    },
  } satisfies Check);
}
