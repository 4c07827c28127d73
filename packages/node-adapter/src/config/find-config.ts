import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileNotFound } from '@cairn/core/plugin';
import { invalidConfig } from '@cairn/core/config';

/** The names that a configuration is found by. */
const extensions = ['yaml', 'yml', 'json', 'ts', 'mts', 'js', 'mjs'];

/**
 * The configuration that a path means: the file itself, or the one in a folder, where there may be none.
 *
 * @throws CairnError `file_not_found` when nothing is at the path, `invalid_config` when a folder has several
 */
export function findConfig(path: string): string | undefined {
  const whole = resolve(path);
  if (!existsSync(whole)) throw fileNotFound(path);
  if (!statSync(whole).isDirectory()) return whole;
  const found = extensions
    .map((extension) => `cairn.config.${extension}`)
    .filter((name) => {
      return existsSync(join(whole, name));
    });
  if (found.length > 1) {
    const message = `there are several: ${found.join(', ')}; keep one, or name the one to use`;
    throw invalidConfig([{ path: '', message }], { file: path });
  }
  return found[0] === undefined ? undefined : join(whole, found[0]);
}
