import {
  type ConnectorContext,
  createPace,
  fileNotReadable,
  invalidArgument,
  isCairnError,
} from '@cairn/core/plugin';
import { type FileHandleLike, fileOf, type HandleLike, permitted } from '../input/file-handle.ts';
import { readingOf } from '../input/random-access.ts';
import { createHeld, isGone } from './held.ts';
import type { Target } from './target.ts';
import { createSha256 } from '#sha256';

type Writable = Awaited<ReturnType<NonNullable<FileHandleLike['createWritable']>>>;

/**
 * A file that a page has a handle of. The browser writes beside it, and swaps the files when the writing is closed: that is the
 * commit. What a killed page had written beside is the browser's to remove.
 */
export function handleTarget(connector: string, handle: HandleLike): Target {
  const held = createHeld<Writable>();

  const isIntact = async (
    receipt: { readonly [key: string]: unknown },
    { signal }: ConnectorContext,
  ): Promise<boolean> => {
    const file = await fileOf(handle).catch((error: unknown) => {
      if (isCairnError(error, 'file_not_found')) return undefined;
      throw error;
    });
    if (file === undefined || file.size !== receipt['bytes']) return false;
    const read = async (at: number, length: number): Promise<Uint8Array> =>
      new Uint8Array(await file.slice(at, at + length).arrayBuffer());
    return (await readingOf({ size: file.size, read }, signal).hash()) === receipt['sha256'];
  };

  return {
    location: { handle: handle.name },

    prepare: async (chunks, facts, context) => {
      const target = await permitted(handle, 'readwrite');
      if (target.createWritable === undefined) {
        throw invalidArgument(
          `${connector}.handle`,
          'this browser cannot write to it: give download or onBlob instead',
        );
      }
      const writable = await target.createWritable().catch((error: unknown) => {
        throw fileNotReadable(handle.name, error, 'write');
      });
      const hash = createSha256();
      const pace = createPace();
      let bytes = 0;
      try {
        for await (const chunk of chunks) {
          context.signal.throwIfAborted();
          await hash.update(chunk, pace);
          // The browser takes no memory that is shared with a worker.
          const own =
            chunk.buffer instanceof ArrayBuffer ? (chunk as Uint8Array<ArrayBuffer>) : chunk.slice();
          await writable.write(own).catch((error: unknown) => {
            throw fileNotReadable(handle.name, error, 'write');
          });
          bytes += chunk.length;
        }
        context.signal.throwIfAborted();
      } catch (error) {
        await writable.abort?.().catch(() => undefined);
        throw error;
      }
      return { writing: held.add(context, writable), bytes, ...facts, sha256: await hash.digest() };
    },

    commit: async (prepared, context) => {
      const { writing, ...receipt } = prepared;
      const writable = held.get(writing);
      if (writable === undefined) {
        if (await isIntact(receipt, context)) return receipt;
        throw isGone(`'${handle.name}' as`, writing);
      }
      try {
        await writable.close();
      } catch (error) {
        throw isCairnError(error) ? error : fileNotReadable(handle.name, error, 'write');
      } finally {
        held.delete(writing);
      }
      return receipt;
    },

    rollback: async ({ writing }) => {
      await held
        .get(writing)
        ?.abort?.()
        .catch(() => undefined);
      held.delete(writing);
    },

    verify: isIntact,
  };
}
