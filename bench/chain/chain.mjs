import { definePipeline, sql, step } from '@cairn/core';

/**
 * Ten statements over rows of five columns, each over the one before it: filter, computed columns, group by joined back,
 * window, sort. About 64 bytes of Arrow IPC a row.
 */
export function chainStatements(rows) {
  return [
    `select i as id, (i * 7919) % 1000 as key, 'customer number ' || lpad((i % 50000)::varchar, 9, '0') as name,
       (i * 31 % 100003) / 7.0 as amount, timestamp '2020-01-01' + interval (i % 31536000) second as seen
     from range(${rows}) r(i)`,
    `select * from $in where id % 97 <> 0`,
    `select id, key, name, round(amount * 1.19, 2) as amount, seen + interval 1 hour as seen from $in`,
    `select t.id, t.key, t.name, t.amount - g.mean as amount, t.seen
     from $in t join (select key, avg(amount) as mean from $in group by key) g using (key)`,
    `select id, key, name, sum(amount) over (partition by key order by id rows 3 preceding) as amount, seen from $in`,
    `select * from $in order by seen, id`,
    `select id, (key + extract(month from seen)) % 1000 as key, upper(name) as name, amount, seen from $in`,
    `select t.id, t.key, t.name, t.amount / g.most as amount, t.seen
     from $in t join (select name, max(abs(amount)) + 1 as most from $in group by name) g using (name)`,
    `select id, key, name, amount - coalesce(lag(amount) over (partition by name order by id), 0) as amount, seen from $in`,
    `select * from $in where id % 89 <> 0 order by amount desc, id`,
  ].map((text, index) => text.replaceAll('$in', `chain_${index - 1}`));
}

/** The same as a pipeline. */
export function chainPipeline(statements, checkpoint) {
  const made = [];
  for (const [index, text] of statements.entries()) {
    const before = `chain_${index - 1}`;
    const pieces = text.split(before);
    const strings = Object.assign(pieces, { raw: pieces });
    made.push(
      step(`chain_${index}`, sql(strings, ...pieces.slice(1).map(() => made[index - 1])), { checkpoint }),
    );
  }
  return definePipeline({ name: 'chain', processes: { main: made } });
}

/** Runs a statement to its end. */
export async function runStatement(db, connection, text) {
  let answer = await db.startPendingQuery(connection, text, false);
  while (answer === null) answer = await db.pollPendingQuery(connection);
}
