import { hex, type PackingPlatform } from '@cairn/core/store';

/** What IndexedDB keeps of an object. */
export type KeptObject = Uint8Array<ArrayBuffer> | Blob;

/** From this size on a value is a Blob, which is written six times as fast; a smaller one would cost a file. */
export const blobBytes: number = 2 ** 16;

/** A copy that can be written: the caller may go on with its bytes. */
export function keptValue(bytes: Uint8Array): KeptObject {
  return bytes.length < blobBytes ? new Uint8Array(bytes) : new Blob([bytes as Uint8Array<ArrayBuffer>]);
}

/** Work on objects in a page and in its worker. */
export const packingPlatform: PackingPlatform<KeptObject> = {
  sha256: async (bytes) => {
    const digest = await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
    return hex(new Uint8Array(digest));
  },
  keep: keptValue,
  async open(kept) {
    if (!(kept instanceof Blob)) return kept;
    try {
      return new Uint8Array(await kept.arrayBuffer());
    } catch {
      // The browser has lost the file behind it: what cannot be read is not there.
      return undefined;
    }
  },
};
