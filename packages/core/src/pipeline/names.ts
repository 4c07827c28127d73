import { invalidName } from '../errors/pipeline-errors.ts';

const pattern = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

/**
 * Checks the name of a pipeline, a process or a step: 1 to 128 characters, `^[A-Za-z0-9_][A-Za-z0-9_.-]*$`.
 *
 * @throws CairnError `invalid_name`
 */
export function checkName(name: unknown, what: string): asserts name is string {
  if (typeof name !== 'string' || !pattern.test(name)) throw invalidName(what, name);
}
