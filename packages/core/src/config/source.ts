import type { ConfigOrigin } from '../errors/config-errors.ts';

/** Where something stands in a configuration: keys and indexes from the top. */
export type ConfigPath = readonly (string | number)[];

/** Where a configuration was read from, so that errors can point into it. */
export interface ConfigSource extends ConfigOrigin {
  /**
   * Where the key or the value at a path stands; undefined where nothing does.
   *
   * @param within A part of the value to point at, where it stands there as written.
   * @param offset Where in the text that the value is, where it stands there line by line.
   */
  locate?(
    path: ConfigPath,
    part: 'key' | 'value',
    within?: string,
    offset?: number,
  ): { readonly line: number; readonly column: number } | undefined;
}

/** Such as `observability.observers[0].type`. */
export function pathText(path: ConfigPath): string {
  return path
    .map((key, index) => {
      if (typeof key === 'string' && /^[\w$-]+$/.test(key)) return index === 0 ? key : `.${key}`;
      return `[${JSON.stringify(key)}]`;
    })
    .join('');
}
