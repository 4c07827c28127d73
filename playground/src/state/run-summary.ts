import type { ErrorFacts } from '@cairn/core';
import type { ViewedRun } from '@cairn/web';

/** How many steps stand how, in words: `4 computed, 2 reused`. */
export function countsInWords({ counts }: Pick<ViewedRun, 'counts'>): string {
  const parts = [
    [counts.complete, 'computed'],
    [counts.reused, 'reused'],
    [counts.failed, 'failed'],
    [counts.skipped, 'skipped'],
    [counts.canceled, 'canceled'],
  ] as const;
  return parts
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word}`)
    .join(', ');
}

/** How many steps have come to an end, whichever it was. */
export function endedSteps({ counts }: Pick<ViewedRun, 'counts'>): number {
  return counts.total - counts.waiting - counts.running - counts.retrying;
}

/** The names of the steps that are at work. */
export function stepsAtWork({ steps }: Pick<ViewedRun, 'steps'>): readonly string[] {
  return [...steps.values()].flatMap(({ name, status }) =>
    status === 'running' || status === 'retrying' ? [name] : [],
  );
}

/** What a failed run failed of: that it did fail is said anyway. */
export function firstError(error: ErrorFacts): ErrorFacts {
  return error.code === 'run_failed' && error.cause !== undefined ? error.cause : error;
}

/** Whether an error, or what brought it about, is that there is no place to keep things. */
export function isAboutStorage({ code, cause }: ErrorFacts): boolean {
  if (code === 'quota_exceeded' || code === 'storage_refused') return true;
  return cause !== undefined && isAboutStorage(cause);
}
