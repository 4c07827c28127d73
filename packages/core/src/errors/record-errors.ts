import { CairnError } from './cairn-error.ts';
import { describe } from './pipeline-errors.ts';
import { didYouMean } from './suggest.ts';

/** A kind of run record that there is not. */
export function unknownRecord(kind: unknown, known: readonly string[]): CairnError {
  const hint = typeof kind === 'string' ? didYouMean(kind, known) : '';
  return new CairnError(
    'unknown_record',
    `There are no records of kind ${describe(kind)}: there is ${known.map((one) => `'${one}'`).join(', ')}${hint}`,
    { details: { kind, known } },
  );
}
