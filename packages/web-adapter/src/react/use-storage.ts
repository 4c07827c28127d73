import { storageRefused } from '@cairn/core/store';
import { useCallback } from 'react';
import { estimate } from '../database.ts';
import type { StorageReport } from '../store.ts';
import { useAnswer } from './use-answer.ts';

/** What {@link useStorage} returns. */
export interface UsedStorage {
  /** Undefined until the browser has answered. */
  readonly report: StorageReport | undefined;
  readonly error: Error | undefined;
  readonly pending: boolean;
  /** Asks again, such as after a run. The same function in every render. */
  refresh(): void;
  /** Asks the browser to keep the storage, in answer to a click where it asks its user. Resolves with whether it will. */
  persist(): Promise<boolean>;
}

/**
 * What the browser says of this origin's storage: bytes used, quota, and whether it promised to keep it.
 *
 * @example
 * const { report, persist } = useStorage();
 * {report?.persisted === false && <button onClick={persist}>Keep my data</button>}
 */
export function useStorage(): UsedStorage {
  const { value: report, error, pending, refresh } = useAnswer(readStorage);
  const persist = useCallback(async () => {
    const isKept = await navigator.storage.persist();
    refresh();
    return isKept;
  }, [refresh]);
  return { report, error, pending, refresh, persist };
}

async function readStorage(): Promise<StorageReport> {
  try {
    const [persisted, { usage, quota }] = await Promise.all([navigator.storage.persisted(), estimate()]);
    return { persisted, usage, quota };
  } catch (error) {
    throw storageRefused('the storage of this origin', String(error), error);
  }
}
