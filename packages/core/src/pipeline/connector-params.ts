import { describe, invalidArgument } from '../errors/pipeline-errors.ts';
import type { SinkConnector, SourceConnector } from './connector.ts';
import { isParam, type Param } from './param.ts';
import { isPlainObject } from './check.ts';

type Connector = SourceConnector | SinkConnector;

const methods = { source: ['identity', 'read'], sink: ['prepare', 'commit', 'rollback', 'verify'] } as const;
const optional = ['open', 'close'] as const;

/**
 * A frozen connector that keeps the options as they are now. The given one stays as it is: its methods are called on it.
 *
 * @throws CairnError `invalid_argument` when it is no connector of this kind
 */
export function captureConnector<C extends Connector>(
  where: string,
  kind: keyof typeof methods,
  connector: C,
): C {
  const given = connector as unknown as Readonly<Record<string, unknown>> | null | undefined;
  const fits =
    typeof given === 'object' &&
    given !== null &&
    typeof given['type'] === 'string' &&
    methods[kind].every((method) => typeof given[method] === 'function') &&
    optional.every((method) => given[method] === undefined || typeof given[method] === 'function');
  if (!fits)
    throw invalidArgument(
      where,
      `needs a ${kind} connector such as fromCsv or toCsv gives, not ${describe(connector)}`,
    );
  for (const place of ['location', 'options'] as const) {
    if (!isPlainObject(given[place])) {
      throw invalidArgument(
        where,
        `connector '${connector.type}' has ${place} that are no object: ${describe(given[place])}`,
      );
    }
  }
  return rebuild(connector, kind, (leaf) => (leaf instanceof Date ? new Date(leaf) : leaf));
}

/** The connector with its params filled in. */
export function fillConnector<C extends Connector>(
  connector: C,
  kind: keyof typeof methods,
  value: (param: Param) => unknown,
): C {
  return rebuild(connector, kind, (leaf) => (isParam(leaf) ? value(leaf) : leaf));
}

/** The names of the params in a connector's location and options, each once. */
export function connectorParams({ location, options }: Connector): readonly string[] {
  const names = new Set<string>();
  copyWith([location, options], (leaf) => isParam(leaf) && names.add(leaf.name));
  return Object.freeze([...names]);
}

function rebuild<C extends Connector>(
  connector: C,
  kind: keyof typeof methods,
  leaf: (value: unknown) => unknown,
): C {
  const copy: Record<string, unknown> = {
    type: connector.type,
    location: copyWith(connector.location, leaf),
    options: copyWith(connector.options, leaf),
  };
  const { identifiedBy } = connector as Partial<SourceConnector>;
  if (typeof identifiedBy === 'string') copy['identifiedBy'] = identifiedBy;
  const given = connector as unknown as Record<string, (...rest: unknown[]) => unknown>;
  const present = optional.filter((method) => given[method] !== undefined);
  for (const method of [...methods[kind], ...present])
    copy[method] = (...rest: unknown[]) => given[method]?.(...rest);
  return Object.freeze(copy) as unknown as C;
}

/** A frozen copy of lists and plain objects; whatever else stands in them (bytes, files, secrets) is handed over. */
function copyWith(
  value: unknown,
  leaf: (value: unknown) => unknown,
  within: readonly unknown[] = [],
): unknown {
  const isList = Array.isArray(value);
  if (!isList && (!isPlainObject(value) || '~cairn' in value)) return leaf(value);
  if (within.includes(value) || within.length > 100) {
    throw invalidArgument(
      'connector',
      'has options that contain themselves, or more than 100 values inside one another',
    );
  }
  const copy = (item: unknown): unknown => copyWith(item, leaf, [...within, value]);
  if (isList) return Object.freeze(value.map(copy));
  return Object.freeze(
    Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copy(item)] as const)),
  );
}
