import { pathNotSupported } from '../errors/connector-errors.ts';
import type { Engine } from '../engine/engine.ts';
import type { EngineFile } from '../pipeline/connector.ts';
import type { FileSystem } from '../pipeline/file-system.ts';

/**
 * A source's files as an engine takes them. The host's files have their say on each path, for they may be confined to a folder; an
 * engine that reads no paths is given the bytes.
 *
 * @throws CairnError `path_outside_root`, `path_not_supported`, `file_not_found`, `file_not_readable`
 */
export async function engineFiles(
  given: Readonly<Record<string, EngineFile>>,
  engine: Engine,
  files: FileSystem | undefined,
  signal: AbortSignal,
): Promise<Readonly<Record<string, EngineFile>>> {
  const taken: [string, EngineFile][] = [];
  for (const [name, file] of Object.entries(given)) {
    if ('bytes' in file) taken.push([name, file]);
    else if (engine.readsPaths === false) {
      if (files === undefined) throw pathNotSupported(file.path, 'bytes');
      taken.push([name, { bytes: await files.read(file.path, { signal }) }]);
    } else {
      if (files !== undefined) await (await files.open(file.path, { signal })).close();
      taken.push([name, file]);
    }
  }
  return Object.fromEntries(taken);
}
