import { definePipeline, sql, step } from '@cairn/core';
import { chain } from '../workloads/chain.mjs';

/** The statements of the chain of ten, each over the table of the one before it. */
export function chainStatements(rows) {
  return chain(rows).steps.map(({ text }) => text.replaceAll('$chain_', 'chain_'));
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
