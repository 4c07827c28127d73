import type { Readable } from './store.ts';

/** Whether the browser gives the page a place to keep things. */
export type StorageAccess =
  | { readonly status: 'asking' | 'granted' }
  | { readonly status: 'refused'; readonly why: string };

/** What is kept when one tidies up; the rule of {@link RetentionOptions} in units of people. */
export interface RetentionRule {
  readonly megabytes: number;
  readonly days: number;
  readonly lastRuns: number;
}

/** As Cairn has it where nobody says otherwise. */
export const usualRule: RetentionRule = { megabytes: 10_240, days: 30, lastRuns: 1 };

/** A rule as `runner.gc` takes it. */
export function retentionOf({ megabytes, days, lastRuns }: RetentionRule): {
  readonly maxBytes: number;
  readonly maxAge: number;
  readonly keepLast: number;
} {
  return { maxBytes: megabytes * 2 ** 20, maxAge: days * 24 * 60 * 60 * 1000, keepLast: lastRuns };
}

/** What the app asks of the browser's storage. */
export interface StorageControls {
  readonly access: Readable<StorageAccess>;
  readonly rule: Readable<RetentionRule>;
  setRule(rule: RetentionRule): void;
  /**
   * Removes all that is kept of a project: its tables, records, files and text.
   *
   * @throws CairnError `task_bound` while it runs, here or in another tab
   */
  forget(project: string): Promise<void>;
}
