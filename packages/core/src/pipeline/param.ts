import { invalidArgument } from '../errors/pipeline-errors.ts';
import { isBranded, type Brand, type Branded } from './brand.ts';

/** A param of a pipeline by name. Its value comes with the run, checked by the pipeline's schema. */
export interface Param<Name extends string = string, Value = unknown> extends Branded<'param'> {
  readonly name: Name;
  /** What the value is, for type inference only; never set. */
  readonly '~value'?: Value;
}

/** The name of a param, or `never` where the type does not know it. */
export type ParamName<T> = T extends Param<infer Name> ? Known<Name> : never;

/** A name as itself, and a type that names nothing in particular as `never`. */
export type Known<Name extends string> = string extends Name ? never : Name;

/** The names of all params in a value, however deep: what `fromCsv<const O>(options: O): SourceConnector<ParamsIn<O>>` needs. */
export type ParamsIn<T> = T extends Param
  ? ParamName<T>
  : T extends Branded<Brand> | Date | Uint8Array | ((...rest: never[]) => unknown)
    ? never
    : T extends readonly (infer Item)[]
      ? ParamsIn<Item>
      : T extends object
        ? { [K in keyof T]-?: ParamsIn<T[K]> }[keyof T]
        : never;

/**
 * Stands for a param's value in SQL, in a transform's or an effect's inputs and in connector options.
 *
 * Say the value's type where a transform should see it: `param<'minDelay', number>('minDelay')`, or shorter
 * `param<number>('minDelay')`, whose name is then checked by `compile` alone.
 *
 * @throws CairnError `invalid_argument` when the name is no string
 */
export function param<const Name extends string, Value = unknown>(name: Name): Param<Name, Value>;
export function param<Value>(name: string): Param<string, Value>;
export function param(name: string): Param {
  if (typeof name !== 'string' || name === '') throw invalidArgument('param', 'takes the name of a param');
  return Object.freeze({ '~cairn': 'param', name });
}

/** Says whether a value is a `param()`. */
export function isParam(value: unknown): value is Param {
  return isBranded(value, 'param');
}
