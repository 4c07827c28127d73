import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec';
import { isPlainObject } from '../pipeline/check.ts';
import { didYouMean } from '../errors/suggest.ts';
import { isoDate } from './iso-date.ts';
import { paramName, type ParamDeclaration } from './pipeline-schema.ts';
import type { Report } from './report.ts';
import type { ConfigPath } from './source.ts';

/** Params by name, as YAML declares them. */
export type ParamDeclarations = Readonly<Record<string, ParamDeclaration>>;

/** The schema of the params of a pipeline in YAML. It describes itself as JSON Schema too. */
export type YamlParams = StandardSchemaV1<unknown, Record<string, unknown>> & StandardJSONSchemaV1;

type Outcome = { readonly value: unknown } | { readonly message: string };

const expectations: Readonly<Record<ParamDeclaration['type'], string>> = {
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  date: 'a date of ISO 8601',
};

/** What a declaration makes of a value. */
function take({ type, enum: values, min, max }: ParamDeclaration, given: unknown): Outcome {
  let value = given;
  if (type === 'date') value = dateOf(given);
  const fits =
    type === 'string'
      ? typeof value === 'string'
      : type === 'boolean'
        ? typeof value === 'boolean'
        : type === 'date'
          ? value instanceof Date
          : type === 'integer'
            ? Number.isSafeInteger(value)
            : typeof value === 'number' && Number.isFinite(value);
  if (!fits) return { message: `must be ${expectations[type]}` };
  if (values !== undefined && !values.some((one) => amount(one, type) === amount(value, type)))
    return { message: `must be one of ${values.join(', ')}` };
  const size = type === 'string' ? (value as string).length : amount(value, type);
  const what = type === 'string' ? 'have a length' : 'be';
  const kind = type === 'string' ? 'integer' : type;
  if (min !== undefined && (size as number) < (amount(min, kind) as number))
    return { message: `must ${what} ${min} or more` };
  if (max !== undefined && (size as number) > (amount(max, kind) as number))
    return { message: `must ${what} ${max} or less` };
  return { value };
}

function dateOf(given: unknown): unknown {
  if (given instanceof Date) return Number.isNaN(given.getTime()) ? undefined : new Date(given);
  return typeof given === 'string' ? isoDate(given) : undefined;
}

/** What values are compared by. */
function amount(value: unknown, type: ParamDeclaration['type']): unknown {
  return type === 'date' ? (dateOf(value) as Date | undefined)?.getTime() : value;
}

/** Checks what declarations say beyond their shape: names, bounds, and defaults against the rest. */
export function checkParams(declarations: ParamDeclarations, path: ConfigPath, report: Report): void {
  for (const [name, declared] of Object.entries(declarations)) {
    const at = [...path, name];
    const { type, min, max, default: usual, required, enum: values = [] } = declared;
    if (!paramName.test(name)) {
      report.add({
        path: at,
        known: [],
        message: 'must be a letter or _ and then letters, digits and _, for $name',
      });
    }
    for (const [key, bound] of Object.entries({ min, max })) {
      if (bound === undefined) continue;
      const wanted =
        type === 'date' ? 'date' : type === 'boolean' ? undefined : type === 'string' ? 'integer' : 'number';
      if (wanted === undefined)
        report.add({ path: [...at, key], known: [], message: 'goes with no boolean' });
      else if ('message' in take({ type: wanted }, bound))
        report.add({ path: [...at, key], message: `must be ${expectations[wanted]}` });
    }
    for (const [index, value] of values.entries()) {
      const outcome = take({ type }, value);
      if ('message' in outcome) report.add({ path: [...at, 'enum', index], message: outcome.message });
    }
    if (usual === undefined) continue;
    const outcome = take(declared, usual);
    if ('message' in outcome) report.add({ path: [...at, 'default'], message: outcome.message });
    if (required === true) report.add({ path: [...at, 'required'], message: 'goes with no default' });
  }
}

/** The Standard Schema of declared params. What is given beyond them is refused. */
export function paramsFromYaml(declarations: ParamDeclarations): YamlParams {
  const names = Object.keys(declarations);
  const validate = (given: unknown): StandardSchemaV1.Result<Record<string, unknown>> => {
    if (!isPlainObject(given)) return { issues: [{ message: 'must be an object' }] };
    const issues: StandardSchemaV1.Issue[] = [];
    const params: Record<string, unknown> = {};
    for (const [name, declared] of Object.entries(declarations)) {
      const value = given[name] === undefined ? declared.default : given[name];
      if (value === undefined) {
        if (declared.required ?? true) issues.push({ path: [name], message: 'is missing' });
        continue;
      }
      const outcome = take(declared, value);
      if ('message' in outcome) issues.push({ path: [name], message: outcome.message });
      else params[name] = outcome.value;
    }
    for (const name of Object.keys(given)) {
      if (names.includes(name) || given[name] === undefined) continue;
      issues.push({ path: [name], message: `there is no such param${didYouMean(name, names)}` });
    }
    return issues.length > 0 ? { issues } : { value: params };
  };
  const jsonSchema = (): Record<string, unknown> => ({
    type: 'object',
    properties: Object.fromEntries(
      Object.entries(declarations).map(([name, declared]) => [name, jsonSchemaOf(declared)]),
    ),
    required: Object.entries(declarations)
      .filter(([, { required = true, default: usual }]) => required && usual === undefined)
      .map(([name]) => name),
    additionalProperties: false,
  });
  return Object.freeze({
    '~standard': Object.freeze({
      version: 1,
      vendor: 'cairn',
      validate,
      jsonSchema: Object.freeze({ input: jsonSchema, output: jsonSchema }),
    }),
  });
}

function jsonSchemaOf(declared: ParamDeclaration): Record<string, unknown> {
  const { type, default: usual, description, enum: values, min, max } = declared;
  const bounds = {
    date: ['formatMinimum', 'formatMaximum'],
    string: ['minLength', 'maxLength'],
    number: ['minimum', 'maximum'],
    integer: ['minimum', 'maximum'],
    boolean: ['', ''],
  } as const satisfies Record<ParamDeclaration['type'], readonly [string, string]>;
  const [least, most] = bounds[type];
  return {
    type: type === 'date' ? 'string' : type,
    ...(type === 'date' ? { format: 'date-time' } : {}),
    ...(usual === undefined ? {} : { default: usual }),
    ...(description === undefined ? {} : { description }),
    ...(values === undefined ? {} : { enum: values }),
    ...(min === undefined ? {} : { [least]: min }),
    ...(max === undefined ? {} : { [most]: max }),
  };
}
