import { isPlainObject } from '../pipeline/check.ts';
import { isParam } from '../pipeline/param.ts';
import { canonicalParams } from '../pipeline/params.ts';
import { isSecret } from '../pipeline/secret.ts';
import { isSql, isWellFormed } from '../pipeline/sql.ts';
import { isStep } from '../pipeline/step.ts';
import { describe } from '../errors/pipeline-errors.ts';
import { paramName } from './pipeline-schema.ts';
import { Unwritable } from './unwritable.ts';
import { isRefusedKey } from './yaml-text.ts';
import { writeFragment } from './write-sql.ts';

/**
 * The form that `optionValue` reads as this value.
 *
 * @throws Unwritable
 */
export function writeValue(value: unknown): unknown {
  switch (typeof value) {
    case 'string':
      if (!isWellFormed(value)) throw new Unwritable('text with half of a surrogate pair');
      return value.startsWith('$$') || (value.startsWith('$') && paramName.test(value.slice(1)))
        ? `$${value}`
        : value;
    case 'boolean':
      return value;
    case 'number':
      if (!Number.isFinite(value)) throw new Unwritable(String(value));
      // YAML's readers take a whole number of this size for one that they cannot hold.
      if (Number.isInteger(value) && !Number.isSafeInteger(value))
        throw new Unwritable(`the number ${value}`);
      return value + 0;
    case 'bigint':
      return canonicalParams(value);
    case 'object':
      break;
    default:
      throw new Unwritable(describe(value));
  }
  if (value === null) return null;
  if (isParam(value)) {
    if (!paramName.test(value.name)) throw new Unwritable(`the param '${value.name}', whose name is no word`);
    return `$${value.name}`;
  }
  if (isSecret(value)) return { $secret: value.name };
  if (isStep(value)) return { $step: value.name };
  if (isSql(value)) return { $sql: writeFragment(value) };
  if (value instanceof Date || value instanceof Uint8Array) return canonicalParams(value);
  if (Array.isArray(value)) return value.map(writeValue);
  if (!isPlainObject(value)) throw new Unwritable(describe(value));
  const refused = Object.keys(value).find(isRefusedKey);
  if (refused !== undefined) throw new Unwritable(`the key '${refused}'`);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([key, item]) => [key.startsWith('$') ? `$${key}` : key, writeValue(item)]),
  );
}
