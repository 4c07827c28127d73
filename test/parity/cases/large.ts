import { sql, step } from '@cairn/core';
import { dims } from './generated.ts';
import { parityCase, type ParityCase } from './parity-case.ts';

const walks = step(
  'walks',
  sql`select i::INTEGER as id, hash(i) % 90001 as k, i / 3.0::DOUBLE as d, 'text ' || (i * 7 % 500009) as x from range(800000) r(i) where i % 8 <> 3`,
);
const strolls = step(
  'strolls',
  sql`select id, d, x, timestamp '2020-01-01' + interval (id) second as t from ${walks} where hash(id) % 16 <> 1 order by hash(id + 1)`,
);

/** Tables of several parts, so of many row groups. */
export const large: readonly ParityCase[] = [
  parityCase('large-groups', [
    step('grouped', sql`select k, count(*) as n, sum(d) as total, min(x) as first from ${walks} group by k`),
    step('distinct_text', sql`select distinct x from ${walks} where id % 3 = 0`),
  ]),
  parityCase('large-joins', [
    step(
      'joined',
      sql`select w.id, s.t, d.label from ${walks} w join ${strolls} s on w.x = s.x join ${dims} d on d.k = w.k where w.k < 1500`,
    ),
  ]),
  parityCase('large-full-join', [
    step('joined', sql`select w.id, w.k, d.label from ${walks} w full join ${dims} d using (k)`),
    step(
      'grouped',
      sql`select k % 300 as g, id % 3 as b, count(*) as n, stddev(d) as sd from ${walks} group by all`,
    ),
  ]),
  parityCase('large-with-special-types', [
    step(
      'latest',
      sql`select e, max(u) as u, count(distinct iv) as n from ${step(
        'special',
        sql`select i::INTEGER as id, md5(i::VARCHAR)::UUID as u, ['a', 'b', 'c'][1 + i % 3]::ENUM('c', 'b', 'a') as e, to_seconds(i % 999) as iv, i::HUGEINT as h from range(250000) r(i)`,
      )} group by e`,
    ),
  ]),
];
