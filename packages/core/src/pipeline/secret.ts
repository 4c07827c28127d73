import { invalidArgument } from '../errors/pipeline-errors.ts';
import { isBranded, type Branded } from './brand.ts';

/** A secret by name. The runner's option `secrets` gives its value when a step runs; a plan knows the name alone. */
export interface Secret extends Branded<'secret'> {
  readonly name: string;
}

/**
 * Stands for a secret's value in connector options and in a transform's or an effect's inputs. The value never enters
 * a fingerprint, a plan, a record or a log; SQL does not take it.
 *
 * @throws CairnError `invalid_argument` when the name is no string
 */
export function secret(name: string): Secret {
  if (typeof name !== 'string' || name === '') throw invalidArgument('secret', 'takes the name of a secret');
  return Object.freeze({ '~cairn': 'secret', name });
}

/** Says whether a value is a `secret()`. */
export function isSecret(value: unknown): value is Secret {
  return isBranded(value, 'secret');
}
