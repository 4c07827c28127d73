import type { GcItem, GcReport, Protection } from '@cairn/core';

/** Why a table stays, in words. */
export const protectionWords: Readonly<Record<Protection | 'within_limits', string>> = {
  live: 'a run is at work on it',
  recent: 'used within the last hour',
  scope: 'lives as long as its task',
  failing_rows: 'rows that failed a check',
  keep_tagged: 'tagged to be kept',
  keep_last: 'of a last successful run',
  unfinished: 'a run is to be resumed with it',
  within_limits: 'neither too old nor too much',
};

const kinds: Readonly<Record<GcItem['kind'], readonly [one: string, several: string]>> = {
  table: ['table', 'tables'],
  orphan: ['part that nothing names', 'parts that nothing names'],
  cache_entry: ['entry of the cache', 'entries of the cache'],
  run_log: ['log of a run that is over', 'logs of runs that are over'],
};

/** What a collector removed, or would, in words: `3 tables, 1 part that nothing names`. */
export function removedInWords({ removed }: GcReport): string {
  const counts = new Map<GcItem['kind'], number>();
  for (const { kind } of removed) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => `${count} ${kinds[kind][count === 1 ? 0 : 1]}`).join(', ');
}

/** Bytes that it freed, or would. */
export function freedBytes({ before, after, removed }: GcReport): number {
  // Logs and entries are no parts.
  const others = removed.filter(({ kind }) => kind === 'cache_entry' || kind === 'run_log');
  return before.bytes - after.bytes + others.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Whose a thing is, by pipeline and step. */
export function ownersOf({ kind, of }: GcItem): string {
  const names = [...new Set(of.map(({ pipeline, step }) => `${pipeline}/${step}`))];
  if (names.length === 0) return kinds[kind][0];
  return names.length > 3 ? `${names.slice(0, 3).join(', ')} and others` : names.join(', ');
}

/** Why a thing goes, in words. */
export function reasonInWords({ reason }: GcItem, timeOf: (at: string) => string): string {
  switch (reason.code) {
    case 'orphan':
      return 'no checkpoint names it';
    case 'max_age':
      return `not used since ${timeOf(reason.lastUsedAt)}`;
    case 'max_bytes':
      return `too much is stored; last used ${timeOf(reason.lastUsedAt)}`;
    case 'run_over':
      return 'its run is over';
    case 'damaged':
      return 'damaged';
  }
}
