import type { StandardSchemaV1 } from '@standard-schema/spec';
import { isPlainObject } from '../pipeline/check.ts';
import { paramName } from './pipeline-schema.ts';
import { isRefusedKey } from './yaml-text.ts';
import type { ParamDeclarations } from './yaml-params.ts';

/** What a schema of params says as YAML declares them, and what it says besides. */
export interface WrittenParams {
  readonly params: ParamDeclarations | undefined;
  readonly unwritten: readonly { readonly param?: string; readonly why: string }[];
}

const bounds = {
  number: ['minimum', 'maximum'],
  integer: ['minimum', 'maximum'],
  string: ['minLength', 'maxLength'],
  date: ['formatMinimum', 'formatMaximum'],
  boolean: ['', ''],
} as const;

/** Writes a schema that describes itself as JSON Schema, as the schemas of this format and those of zod do. */
export function writeParams(schema: StandardSchemaV1 | undefined): WrittenParams {
  if (schema === undefined) return { params: undefined, unwritten: [] };
  const described = describeSchema(schema);
  if (described === undefined)
    return {
      params: undefined,
      unwritten: [{ why: 'their schema does not describe itself as JSON Schema' }],
    };
  const { properties = {}, required = [] } = described;
  if (!isPlainObject(properties))
    return { params: undefined, unwritten: [{ why: 'their schema is of no object' }] };
  const unwritten: { param: string; why: string }[] = [];
  const params = Object.entries(properties).map(([name, property]) => {
    const { written, left } = writeParam(property, Array.isArray(required) && required.includes(name));
    if (!paramName.test(name)) left.push(`its name is no word`);
    if (isRefusedKey(name)) left.push('its name is one that JavaScript keeps for itself');
    if (left.length > 0) unwritten.push({ param: name, why: left.join(', ') });
    return [name, written] as const;
  });
  return { params: Object.fromEntries(params) as unknown as ParamDeclarations, unwritten };
}

function describeSchema(schema: StandardSchemaV1): Readonly<Record<string, unknown>> | undefined {
  const { jsonSchema } = schema['~standard'] as {
    readonly jsonSchema?: { input(options: { readonly target: string }): unknown };
  };
  try {
    const described = jsonSchema?.input({ target: 'draft-2020-12' });
    return isPlainObject(described) && described['type'] === 'object' ? described : undefined;
  } catch {
    return undefined;
  }
}

function writeParam(
  property: unknown,
  isRequired: boolean,
): { written: Record<string, unknown>; left: string[] } {
  const {
    type,
    format,
    default: usual,
    description,
    enum: values,
    ...rest
  } = isPlainObject(property) ? property : {};
  const isDate = type === 'string' && format === 'date-time' && isPlainObject(property);
  const kind = isDate ? 'date' : (type as keyof typeof bounds);
  if (typeof kind !== 'string' || !Object.hasOwn(bounds, kind)) {
    return {
      written: { type: 'string' },
      left: [`its type is ${JSON.stringify(type ?? property)?.slice(0, 80)}`],
    };
  }
  const [least, most] = bounds[kind];
  const { [least]: min, [most]: max, ...more } = rest as Record<string, unknown>;
  // What every whole number is.
  const bound = (value: unknown): unknown =>
    kind === 'integer' && Math.abs(Number(value)) === Number.MAX_SAFE_INTEGER ? undefined : value;
  const written = {
    type: kind,
    default: usual,
    description,
    ...(isRequired || usual !== undefined ? {} : { required: false }),
    enum: values,
    min: bound(min),
    max: bound(max),
  };
  const left = Object.keys(more)
    .concat(format === undefined || isDate ? [] : ['format'])
    .map((key) => `'${key}'`);
  const entries = Object.entries(written).filter(([, value]) => value !== undefined);
  const writable = entries.filter(([, value]) => isWritable(value));
  for (const [key, value] of entries)
    if (!isWritable(value)) left.push(`'${key}' is ${JSON.stringify(value)}`);
  return { written: Object.fromEntries(writable), left };
}

/** YAML's readers take a whole number of that size for one that they cannot hold. */
function isWritable(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isWritable);
  return typeof value !== 'number' || !Number.isInteger(value) || Number.isSafeInteger(value);
}
