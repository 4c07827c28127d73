import type { ObjectStore } from '../store/object-store.ts';
import type { ManifestPart } from './manifest.ts';

/**
 * Says whether a part seems to be there whole, without reading it.
 *
 * @param size Bytes that it takes, as the store lists it; undefined when it is not listed.
 */
export async function isWhole(
  { objects }: ObjectStore,
  { sha256, bytes }: ManifestPart,
  size: number | undefined,
): Promise<boolean> {
  if (size === undefined || size === bytes) return size === bytes;
  if (objects) return (await objects.lengthOf(sha256)) === bytes;
  // It may be packed by a store behind this one; contents are verified when they are read.
  return size > 0 && size < bytes;
}
