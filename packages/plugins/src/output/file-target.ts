import {
  type ConnectorContext,
  type FileSystem,
  fileNotFound,
  pathNotSupported,
  type Receipt,
} from '@cairn/core/plugin';
import { checkPlace } from '../input/place.ts';
import type { Target } from './target.ts';
import { sha256 } from '#sha256';

/** Where a step of a run writes aside: two steps that are given one path by mistake do not write into each other's file. */
async function asideOf(path: string, runId: string, step: string): Promise<string> {
  const own = await sha256(new TextEncoder().encode(step));
  return `${path}.${runId}.${own.slice(0, 8)}.cairn-tmp`;
}

/** A local file: written aside, and renamed when it is whole. */
export function fileTarget(connector: string, path: unknown): Target {
  const placeOf = ({
    files,
    location,
  }: ConnectorContext): { readonly files: FileSystem; readonly path: string } => {
    checkPlace(connector, 'path', location['path']);
    const given = location['path'] as string;
    if (files === undefined) throw pathNotSupported(given, 'onBlob, download or handle');
    return { files, path: given };
  };

  const isIntact = async (receipt: Receipt, context: ConnectorContext): Promise<boolean> => {
    const { files, path } = placeOf(context);
    const stat = await files.stat(path);
    return (
      stat !== undefined &&
      stat.size === receipt['bytes'] &&
      (await context.fileHash(path)) === receipt['sha256']
    );
  };

  return {
    location: { path },

    prepare: async (chunks, facts, context) => {
      const { files, path } = placeOf(context);
      for (const killed of context.earlierRuns ?? []) {
        await files.remove(await asideOf(path, killed, context.step));
      }
      const aside = await asideOf(path, context.runId, context.step);
      const { size, sha256 } = await files.write(aside, chunks, { signal: context.signal });
      return { path, aside, bytes: size, ...facts, sha256 };
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
}
