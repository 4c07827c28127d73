import type { TimelineRow, TimelineSpan } from '../../state/timeline-rows.ts';
import { formatDuration } from '../../ui/formats.ts';
import { statusLook } from '../../ui/step-mark.tsx';

const kinds: Readonly<Record<TimelineSpan['kind'], string>> = {
  running: 'running',
  complete: 'computed',
  reused: 'reused',
  failed: 'failed',
  canceled: 'canceled',
  ready: 'waited for its turn',
  pause: 'waited to be tried again',
};

/** A bar in words: `attempt 2, failed after 1.2 s`. */
export function spanInWords({ kind, from, to, attempt }: TimelineSpan, now: number): string {
  const took = formatDuration(Math.max(0, (to ?? now) - from));
  if (kind === 'reused') return 'reused';
  const what = kind === 'failed' ? `failed after ${took}` : `${kinds[kind]}, ${took}`;
  return attempt > 1 ? `attempt ${attempt}: ${what}` : what;
}

/** A row in words, for who does not see its bars. */
export function rowInWords({ status, bars }: TimelineRow, now: number): string {
  const attempts = bars.filter(({ attempt }) => attempt > 0);
  const [first] = attempts;
  if (first === undefined) return statusLook(status).label.toLowerCase();
  const words = attempts.map((bar) => spanInWords(bar, now)).join('; ');
  return `${words}; began ${formatDuration(first.from)} after the run`;
}
