import type { Connection } from './connection.ts';

/*
 * An import appends rows in full vectors of 2,048, and of each vector DuckDB samples the first values to guess how many distinct ones a
 * column has. So a statement whose vectors come full by themselves makes the same table without being kept whole before.
 */

/** A node of a plan, as `explain (format json)` gives it. */
interface PlanNode {
  readonly name: string;
  readonly children: readonly PlanNode[];
  readonly extra_info: Readonly<Record<string, unknown>>;
}

/** To ask for a plan takes some two milliseconds, which is worth it from so many rows on. */
const plannedFrom = 200_000;

/** What may leave vectors that are not full, but before an order. */
const leavesGaps =
  /\b(?:where|join|group|distinct|having|qualify|over|union|intersect|except|limit|offset|sample|tablesample|unnest|pivot|unpivot|exists|in)\b/i;

/** What makes rows of nothing, and what it is told. */
const generators = /\b(?:range|generate_series)\s*\(([^()]*)\)/gi;

/** How many rows a query may make of nothing, as far as it says so. */
function mostGenerated(query: string): number {
  const told = [...query.matchAll(generators)].flatMap(([, given = '']) => given.match(/\d+/g) ?? []);
  return Math.max(0, ...told.map(Number));
}

/** Whether it is worth looking at the plan of a query. */
function mayGiveFullVectors(query: string, reads: number): boolean {
  if (leavesGaps.test(query) && !/\border\s+by\b/i.test(query)) return false;
  return reads >= plannedFrom || mostGenerated(query) >= plannedFrom;
}

function isFull({ name, children, extra_info: info }: PlanNode): boolean {
  const [only] = children;
  switch (name.trim()) {
    // Nothing of a sorted table is left out, and it is read from its start.
    case 'ORDER_BY':
      return true;
    case 'CREATE_TABLE_AS':
    case 'PROJECTION':
      return children.length === 1 && only !== undefined && isFull(only);
    case 'RANGE':
    case 'GENERATE_SERIES':
      return true;
    case 'SEQ_SCAN':
      return !Object.keys(info).some((key) => /filter/i.test(key));
    default:
      return false;
  }
}

/**
 * Whether a query gives all of its vectors full, but the last, as far as its plan says so for certain.
 *
 * @param target The statement that makes a table of it, up to where the query begins.
 * @param reads How many rows the largest table has that it reads.
 */
export async function givesFullVectors(
  connection: Connection,
  target: string,
  query: string,
  reads: number,
): Promise<boolean> {
  if (!mayGiveFullVectors(query, reads)) return false;
  try {
    const [row] = await connection.rows(`explain (format json) ${target} ${query}`);
    const [root] = JSON.parse(String(row?.['explain_value'])) as readonly PlanNode[];
    return root !== undefined && isFull(root);
  } catch {
    // The statement itself fails for the same reason, and says so.
    return false;
  }
}
