import type { SinkConnector, SourceConnector } from '../pipeline/connector.ts';
import { isPlainObject } from '../pipeline/check.ts';
import { checkKnownOptions, checkOptions, placeholdersIn } from './check-options.ts';
import type { OptionsSchema } from './contribution.ts';
import { lateSink, lateSource, type LateOptions } from './late-connector.ts';

type Connector = SourceConnector | SinkConnector;

/** What {@link connectorFunction} needs. */
export interface ConnectorFunctionOptions {
  readonly kind: 'source' | 'sink';
  readonly plugin: string;
  readonly name: string;
  /** For messages. */
  readonly where: string;
  readonly schema: OptionsSchema | undefined;
  readonly location: readonly string[];
  create(options: unknown): unknown;
}

/** The function of a source or a sink. With `param()` or `secret()` in its options the connector is made by the run. */
export function connectorFunction({
  kind,
  plugin,
  name,
  where,
  schema,
  location,
  create,
}: ConnectorFunctionOptions): (options: unknown) => Connector {
  if (schema === undefined) return (options) => create(options) as Connector;
  const make = (options: unknown): Connector => create(checkOptions(where, schema, options)) as Connector;
  return (given) => {
    const placeholders = placeholdersIn(given);
    if (placeholders.length === 0 || !isPlainObject(given)) return make(given);
    checkKnownOptions(where, schema, given, placeholders);
    const type = `${plugin}.${name}`;
    const late: LateOptions<never> = { type, given, placeholders, location, make: make as never };
    return kind === 'source' ? lateSource(late) : lateSink(late);
  };
}
