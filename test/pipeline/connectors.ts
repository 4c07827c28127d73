import { type ParamsIn, type SinkConnector, type SourceConnector } from '@cairn/core';

/** A source connector that holds its options and reads nothing. */
export function fromNothing<const Options extends Readonly<Record<string, unknown>>>(
  options: Options,
  location: Readonly<Record<string, unknown>> = {},
): SourceConnector<ParamsIn<Options>> {
  return {
    type: 'nothing',
    location,
    options: { ...options },
    identity: () => Promise.resolve('nothing'),
    read: () => Promise.resolve({ identity: 'nothing', data: { streams: [] } }),
  };
}

/** A sink connector that holds its options and writes nothing. */
export function toNothing<const Options extends Readonly<Record<string, unknown>>>(
  options: Options,
): SinkConnector<ParamsIn<Options>> {
  return {
    type: 'nothing',
    location: { ...options },
    options: {},
    prepare: () => Promise.resolve({}),
    commit: () => Promise.resolve({}),
    rollback: () => Promise.resolve(),
    verify: () => Promise.resolve(true),
  };
}
