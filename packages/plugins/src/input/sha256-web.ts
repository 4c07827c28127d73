import { createPace, insecureContext } from '@cairn/core/plugin';
import { bytesToHex } from '@noble/hashes/utils.js';
import { createSha256Here, type Sha256 } from './sha256-pieces.ts';
import { type HashingWorker, hashingWorker } from './sha256-there.ts';

/** The most that the platform hashes: it copies the bytes first, and a page stands still for that long. */
const nativeBytes = 2 * 1024 * 1024;
/** Fewer are hashed here, in some milliseconds; more go to the worker, so many at a time. */
const sentBytes = 1024 * 1024;

/** The SHA-256 of bytes in lower-case hex. @throws CairnError `insecure_context` */
export async function sha256(bytes: Uint8Array): Promise<string> {
  if (crypto.subtle === undefined) throw insecureContext();
  if (bytes.length <= nativeBytes)
    return bytesToHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
  const hash = createSha256();
  await hash.update(bytes, createPace());
  return hash.digest();
}

/** Who began a hash and forgot it, for what it was to hash broke off, does not say so. */
const forgotten = new FinalizationRegistry<{ readonly there: HashingWorker; readonly of: number }>(
  ({ there, of }) => there.drop(of),
);

/** Hashes much in a worker, so that the page goes on; where there can be none, on the page's thread, in turns. */
export function createSha256(): Sha256 {
  const here = createSha256Here();
  let work: { readonly there: HashingWorker; readonly of: number } | undefined;
  let sent: Promise<void> = Promise.resolve();
  let [room, filled] = [new Uint8Array(), 0];

  const flush = async (pace: () => Promise<void> | undefined): Promise<void> => {
    const bytes = room.subarray(0, filled);
    [room, filled] = [new Uint8Array(), 0];
    if (work === undefined) {
      const there = await hashingWorker();
      if (there === undefined) return here.update(bytes, pace);
      work = { there, of: there.begin() };
      forgotten.register(hash, work);
    }
    await sent;
    sent = work.there.add(work.of, bytes);
    // It is awaited before the next.
    sent.catch(() => undefined);
    await pace();
  };

  const hash: Sha256 = {
    async update(bytes, pace) {
      for (let at = 0; at < bytes.length;) {
        if (room.length === 0) room = new Uint8Array(sentBytes);
        const some = bytes.subarray(at, at + room.length - filled);
        room.set(some, filled);
        filled += some.length;
        at += some.length;
        if (filled === room.length) await flush(pace);
      }
    },
    async digest() {
      const rest = room.subarray(0, filled);
      if (work === undefined) {
        await here.update(rest, createPace());
        return here.digest();
      }
      await sent;
      if (filled > 0) await work.there.add(work.of, rest);
      return work.there.digest(work.of);
    },
  };
  return hash;
}
