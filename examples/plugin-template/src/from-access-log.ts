import { invalidData, isCairnError, type SourceConnector } from '@cairn/core/plugin';
import * as v from 'valibot';
import { checkedReader, contentHash, linesOf } from './log-bytes.ts';
import { openLog } from './open-log.ts';
import { requestsIn } from './requests-in.ts';

export const accessLogOptions = v.pipe(
  v.strictObject({
    /** A local file. */
    path: v.optional(v.pipe(v.string(), v.nonEmpty())),
    /** A `File` that somebody has dropped on a page, or any other `Blob`. */
    file: v.optional(v.instance(Blob)),
  }),
  v.check(
    ({ path, file }) => (path === undefined) !== (file === undefined),
    'give a path or a file, one of them',
  ),
);

type Options = v.InferOutput<typeof accessLogOptions>;

export function makeAccessLog({ path, file }: Options): SourceConnector {
  return {
    type: 'accessLog',
    // Where it is, in plain data. It may change while the data stays the same.
    location: path === undefined ? { file: file instanceof File ? file.name : 'a Blob' } : { path },
    // How it is read: nothing to choose.
    options: {},
    identifiedBy: 'content',

    async identity({ files, signal }) {
      const log = await openLog({ path, file }, files);
      try {
        return await contentHash(log, signal);
      } finally {
        await log.close();
      }
    },

    async read({ files, signal, progress }) {
      const log = await openLog({ path, file }, files);
      try {
        const identity = await contentHash(log, signal);
        const reader = checkedReader(log, progress);
        return {
          identity,
          // The engine takes a piece while the next one is read, so there are never more than two of them in memory.
          data: { queries: requestsIn(linesOf(reader, signal)) },
          async close(failure) {
            await log.close();
            // What is in the engine must be what the identity says.
            if (failure === undefined && reader.isDone() && (await reader.hash()) !== identity)
              throw invalidData('the log changed while it was read');
            if (isCairnError(failure, 'sql_failed'))
              throw invalidData(`the log is not in the Common Log Format: ${failure.message}`, {}, failure);
            if (failure !== undefined) throw failure;
          },
        };
      } catch (error) {
        await log.close();
        throw error;
      }
    },
  };
}
