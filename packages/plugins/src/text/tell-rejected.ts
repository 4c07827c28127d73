import type { ConnectorContext } from '@cairn/core/plugin';
import type { Input } from '../input/input.ts';

/** Warns of rejected rows, for nothing is lost without a word; gives what is the step's result. */
export function tellRejected(
  rejected: number,
  { name }: Input,
  { logger, step }: ConnectorContext,
): { readonly rejected: number } {
  if (rejected > 0) {
    const message = `${rejected} ${rejected === 1 ? 'row was' : 'rows were'} rejected`;
    logger.warn({ step, input: name, rejected }, message);
  }
  return { rejected };
}
