import { errorFacts, type Manifest, type ObjectStore, type Runner } from '@cairn/core';
import { cacheKey, objectKey } from '@cairn/core/store';
import type { Damage } from '../state/ports.ts';

/**
 * Flips a byte in the middle of the first part of a step's stored table, and reads the table as any panel would.
 *
 * @throws CairnError `unknown_task`, `checkpoint_not_found`; what the store throws
 */
export async function corrupt(
  store: ObjectStore,
  runner: Runner,
  project: string,
  step: string,
): Promise<Damage> {
  const opened = await runner.open(project);
  const stored = opened.steps.get(step);
  const bytes = stored && (await store.get(cacheKey(stored.fingerprint)));
  if (bytes === undefined) throw new Error(`nothing is stored of '${step}'`);
  const { parts } = JSON.parse(new TextDecoder().decode(bytes)) as Manifest;
  const part = parts[0];
  if (part === undefined) throw new Error(`the table of '${step}' is not stored`);
  const key = objectKey(part.sha256);
  const object = await store.get(key);
  if (object === undefined) throw new Error(`the table of '${step}' is not stored`);
  const at = Math.floor(object.length / 2);
  const flipped = new Uint8Array(object);
  flipped[at] = (flipped[at] ?? 0) ^ 1;
  await store.delete(key);
  await store.put(key, flipped, { sync: true });
  const refused = await opened.table(step, { limit: 1 }).then(
    () => undefined,
    (error: unknown) => errorFacts(error),
  );
  return { step, part: part.sha256, at, bytes: object.length, refused };
}
