/** What stands before and behind a query. */
interface Frame {
  readonly prefix: string;
  readonly suffix: string;
}

/**
 * Writes a query's answer to a table, kept whole before: so its rows reach the table in full vectors, as an import's do, and
 * both tables have the same statistics, which decide the order of joins and so of rows.
 *
 * What is kept comes in its own order, but for a union: of more than two parts those behind the first come from the last to the
 * second, unless something asks for their order.
 *
 * @param target A statement that makes a table, or adds to it, and ends where its query begins.
 */
export function collect(target: string, query: string): Frame {
  const [open, close] = /\bunion\b/i.test(query) ? ['from (\n', '\n) offset 0'] : ['', '\n'];
  return { prefix: `${target} with cairn as materialized (\n${open}`, suffix: `${close}) from cairn` };
}
