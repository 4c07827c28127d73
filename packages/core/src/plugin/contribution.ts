import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Engine } from '../engine/engine.ts';
import type { Clock } from '../events/clock.ts';
import type { Logger } from '../events/logger.ts';
import type { Observer } from '../events/observer.ts';
import type { SinkConnector, SourceConnector } from '../pipeline/connector.ts';
import type { Param, ParamsIn } from '../pipeline/param.ts';
import type { Secret } from '../pipeline/secret.ts';
import type { TransformRun } from '../pipeline/step.ts';
import type { Check } from '../pipeline/table-check.ts';
import type { ObjectStore } from '../store/object-store.ts';

/** The schema of a contribution's options: any Standard Schema that answers at once. */
export type OptionsSchema = StandardSchemaV1<unknown, object>;

/** What the factories of stores, engines and observers are given besides their options. */
export interface RegistryContext {
  readonly logger: Logger;
  readonly clock: Clock;
  /** The folder of the configuration, which relative paths in it are relative to; undefined when it came from no file. */
  readonly folder: string | undefined;
}

/** How to make something of a type. */
export interface RegistryEntry<Made> {
  /**
   * Checks the keys beside `type`, as any Standard Schema that answers at once; what it returns is handed to `create`.
   * Without it whatever stands there is. Built-in types need none.
   */
  readonly options?: OptionsSchema | undefined;
  /** Makes one. It should be quick, and start what is heavy at its first use. */
  create(options: object, context: RegistryContext): Made;
}

/** What a plugin's transform is: what `step` takes as code and as `version`. */
export interface PluginTransform {
  readonly version: string;
  readonly run: TransformRun;
}

/** What each kind of contribution makes. */
export interface ContributionKinds {
  readonly source: SourceConnector;
  readonly sink: SinkConnector;
  readonly transform: PluginTransform;
  readonly check: Check;
  readonly store: ObjectStore;
  readonly engine: Engine;
  readonly observer: Observer;
}

/** A kind of contribution. */
export type ContributionKind = keyof ContributionKinds;

/** What a schema takes. */
export type OptionsOf<Schema> = Schema extends StandardSchemaV1<infer Input, unknown> ? Input : never;

/** What a schema makes of what it takes. */
type CheckedOf<Schema> = Schema extends StandardSchemaV1<unknown, infer Output> ? Output : never;

type IsSchema<Schema> = [Schema] extends [OptionsSchema] ? true : false;

/** A contribution as `definePlugin` takes it: checked by its schema, or else by its `create`. */
type Checked<Schema, Made, Context extends readonly unknown[]> = {
  readonly options?: Schema;
  readonly create: IsSchema<Schema> extends true
    ? (options: CheckedOf<Schema>, ...context: Context) => Made
    : (...options: never[]) => Made;
};

/**
 * Contributions by name. They are inferred twice: `Schemas` so that the parameter of `create` has the type that the schema
 * gives it, and `Creates` so that a generic `create` stays generic.
 */
export type ContributionsOf<Schemas, Creates, Made, Context extends readonly unknown[] = []> = {
  readonly [Name in keyof Schemas]: Checked<Schemas[Name], Made, Context>;
} & { readonly [Name in keyof Creates]: { readonly options?: unknown; readonly create: Creates[Name] } };

/** The same for connectors, which may be made later: when their options are filled in. */
export type ConnectorContributionsOf<Schemas, Creates, Made> = {
  readonly [Name in keyof Schemas]: Checked<Schemas[Name], Made, []> & ConnectorPlace;
} & {
  readonly [Name in keyof Creates]: {
    readonly options?: unknown;
    readonly location?: unknown;
    readonly create: Creates[Name];
  };
};

interface ConnectorPlace {
  /**
   * The names of the options that say where the data is and not how it is read, such as `path`: those do not count as a
   * change of a source. Used for options with `param()` or `secret()` alone; else the connector says so itself.
   *
   * @default none
   */
  readonly location?: readonly string[];
}

type Leaf =
  | string
  | number
  | bigint
  | boolean
  | null
  | undefined
  | Date
  | Uint8Array
  | ((...rest: never[]) => unknown);

/** A value, or one in which `param()` and `secret()` stand for some of it. */
export type Fillable<Value> =
  | Param
  | Secret
  | (Value extends Leaf
      ? Value
      : Value extends readonly (infer Item)[]
        ? readonly Fillable<Item>[]
        : { readonly [Key in keyof Value]: Fillable<Value[Key]> });

type FillableOptions<Options> = { readonly [Key in keyof Options]: Fillable<Options[Key]> };

/** No keys but the known ones, for functions that keep the literal types of what they are given. */
type NoOther<Known, Given> = { readonly [Key in Exclude<keyof Given, keyof Known>]: never };

/** The functions that a plugin has for its sources: `plugin.sources.csv(options)`. */
export type SourcesOf<Schemas, Creates> = {
  readonly [Name in keyof Schemas]: IsSchema<Schemas[Name]> extends true
    ? <const Given extends FillableOptions<OptionsOf<Schemas[Name]>>>(
        options: Given & NoOther<OptionsOf<Schemas[Name]>, Given>,
      ) => SourceConnector<ParamsIn<Given>>
    : Name extends keyof Creates
      ? Creates[Name]
      : never;
};

/** The functions that a plugin has for its sinks. */
export type SinksOf<Schemas, Creates> = {
  readonly [Name in keyof Schemas]: IsSchema<Schemas[Name]> extends true
    ? <const Given extends FillableOptions<OptionsOf<Schemas[Name]>>>(
        options: Given & NoOther<OptionsOf<Schemas[Name]>, Given>,
      ) => SinkConnector<ParamsIn<Given>>
    : Name extends keyof Creates
      ? Creates[Name]
      : never;
};

/** The functions that a plugin has for its transforms, checks, stores and engines. */
export type FactoriesOf<Schemas, Creates, Context extends readonly unknown[] = []> = {
  readonly [Name in keyof Schemas]: IsSchema<Schemas[Name]> extends true
    ? (options: OptionsOf<Schemas[Name]>, ...context: Context) => MadeBy<Creates, Name>
    : Name extends keyof Creates
      ? Creates[Name]
      : never;
};

type MadeBy<Creates, Name> = Name extends keyof Creates
  ? Creates[Name] extends (...rest: never[]) => infer Made
    ? Made
    : never
  : never;
