import type { Pipeline } from '@cairn/core';

/** One param as a form shows it. */
export interface ParamFieldFacts {
  readonly name: string;
  readonly kind: 'text' | 'number' | 'integer' | 'switch' | 'date' | 'choice';
  readonly description: string | undefined;
  /** What it is when nothing is given. */
  readonly usual: unknown;
  readonly isRequired: boolean;
  /** Of numbers the least and the greatest, of texts their lengths. */
  readonly least: number | undefined;
  readonly most: number | undefined;
  readonly choices: readonly (string | number)[];
}

interface JsonSchema {
  readonly type?: unknown;
  readonly format?: unknown;
  readonly description?: unknown;
  readonly default?: unknown;
  readonly enum?: unknown;
  readonly minimum?: unknown;
  readonly maximum?: unknown;
  readonly minLength?: unknown;
  readonly maxLength?: unknown;
}

/** The fields of a pipeline's params, by the JSON Schema in which their schema describes itself. */
export function fieldsOf({ params }: Pipeline): readonly ParamFieldFacts[] {
  if (params === undefined) return [];
  const standard = params['~standard'] as {
    readonly jsonSchema?: { input(options: { readonly target: string }): unknown };
  };
  const schema = standard.jsonSchema?.input({ target: 'draft-2020-12' }) as
    | { readonly properties?: Readonly<Record<string, JsonSchema>>; readonly required?: readonly string[] }
    | undefined;
  return Object.entries(schema?.properties ?? {}).map(([name, one]) =>
    fieldOf(name, one, schema?.required?.includes(name) ?? false),
  );
}

function fieldOf(name: string, one: JsonSchema, isRequired: boolean): ParamFieldFacts {
  const choices = Array.isArray(one.enum) ? (one.enum as readonly (string | number)[]) : [];
  return {
    name,
    kind: choices.length > 0 ? 'choice' : kindOf(one),
    description: typeof one.description === 'string' ? one.description : undefined,
    usual: one.default,
    isRequired,
    least: numberOf(one.minimum ?? one.minLength),
    most: numberOf(one.maximum ?? one.maxLength),
    choices,
  };
}

function kindOf({ type, format }: JsonSchema): ParamFieldFacts['kind'] {
  if (type === 'integer' || type === 'number') return type;
  if (type === 'boolean') return 'switch';
  return format === 'date-time' || format === 'date' ? 'date' : 'text';
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
