import {
  type ConnectorContext,
  type FileSystem,
  fileNotFound,
  pathNotSupported,
  type Receipt,
  type SinkConnector,
} from '@cairn/core/plugin';
import { checkPlace } from '../input/place.ts';
import { csvBytes } from './csv-bytes.ts';

/** What a kind of target does: the two phases of a sink. */
export type Target = Pick<SinkConnector, 'prepare' | 'commit' | 'rollback' | 'verify'>;

/** A local file. */
export const fileTarget: Target = {
  prepare: async (input, context) => {
    const { files, path } = placeOf(context);
    const aside = `${path}.${context.runId}.cairn-tmp`;
    const { size, sha256 } = await files.write(aside, csvBytes(input, context), { signal: context.signal });
    return { path, aside, bytes: size, rows: input.rows, sha256 };
  },

  commit: async (prepared, context) => {
    const { files, path } = placeOf(context);
    const { aside, ...receipt } = prepared as Receipt & { readonly aside: string };
    // After a crash the file may have its name already; the content says whether it is the one.
    if ((await files.stat(aside)) !== undefined) await files.rename(aside, path);
    else if (!(await isIntact(receipt, context))) throw fileNotFound(aside);
    return receipt;
  },

  rollback: async (prepared, context) => {
    const { files } = placeOf(context);
    await files.remove((prepared as { readonly aside: string }).aside);
  },

  verify: isIntact,
};

function placeOf({ files, location }: ConnectorContext): {
  readonly files: FileSystem;
  readonly path: string;
} {
  checkPlace('toCsv', 'path', location['path']);
  const path = location['path'] as string;
  if (files === undefined) throw pathNotSupported(path, 'onBlob or download');
  return { files, path };
}

async function isIntact(receipt: Receipt, context: ConnectorContext): Promise<boolean> {
  const { files, path } = placeOf(context);
  const stat = await files.stat(path);
  return (
    stat !== undefined &&
    stat.size === receipt['bytes'] &&
    (await context.fileHash(path)) === receipt['sha256']
  );
}
