import type { RunSnapshot, StepCounts, StepSnapshot } from '@cairn/core';
import { cut } from './display-width.ts';
import { countOf, formatCount, formatDuration } from './format.ts';
import { layoutFor, stepLine, type Brush } from './step-line.ts';

/** How much a terminal shows at once. */
export interface Screen {
  readonly columns: number;
  /** Infinity where it is to be printed once and may scroll away. */
  readonly rows: number;
}

/**
 * How a run stands, as lines that fit a screen: all processes and steps where there is room, otherwise the steps that are at
 * work, those that failed, and what ended last or comes next. The last line counts all.
 */
export function runFrame(snapshot: RunSnapshot, screen: Screen, brush: Brush): string[] {
  const { processes, counts } = snapshot;
  const layout = layoutFor(snapshot, screen.columns);
  const line = (step: StepSnapshot): string => stepLine(step, layout, brush);
  const header = headerOf(snapshot, screen, brush);
  const footer = footerOf(snapshot, screen, brush);
  // The cursor has the last row.
  const room = screen.rows - 1 - 2;
  if (counts.total + processes.length <= room) {
    const body: string[] = [];
    for (const { name, steps } of processes) {
      body.push(`  ${brush.paint.bold(cut(name, screen.columns - 3))}`);
      for (const step of steps) body.push(line(step));
    }
    return [header, ...body, footer];
  }
  const shown = mostTelling(snapshot, Math.max(1, room - 1));
  const left = counts.total - shown.length;
  const more = `    ${brush.marks.more} ${countOf(left, 'more step')}`;
  return [header, ...shown.map(line), brush.paint.dim(cut(more, screen.columns - 1)), footer];
}

const isAtWork = ({ status }: StepSnapshot): boolean => status === 'running' || status === 'retrying';

/** So many steps, in the order of the plan. */
function mostTelling({ processes }: RunSnapshot, limit: number): StepSnapshot[] {
  const all = processes.flatMap(({ steps }) => steps);
  const chosen = new Set<StepSnapshot>();
  const take = (steps: Iterable<StepSnapshot>): void => {
    for (const step of steps) {
      if (chosen.size >= limit) return;
      chosen.add(step);
    }
  };
  take(all.filter(isAtWork));
  take(all.filter(({ status }) => status === 'failed'));
  const endOf = ({ startedAt = 0, durationMs = 0 }: StepSnapshot): number => startedAt + durationMs;
  take(all.filter(({ status }) => status === 'complete').toSorted((a, b) => endOf(b) - endOf(a)));
  take(all.filter(({ status }) => status === 'waiting'));
  take(all);
  return all.filter((step) => chosen.has(step));
}

function headerOf({ pipeline, attempt, runId }: RunSnapshot, { columns }: Screen, { paint }: Brush): string {
  const name = cut(pipeline, columns - 1);
  return `${paint.bold(name)}${cut(`  attempt ${attempt}, run ${runId}`, columns - 1 - name.length)}`;
}

function footerOf(
  { status, counts, startedAt, durationMs, engineLoading, pipeline }: RunSnapshot,
  { columns }: Screen,
  { paint, now }: Brush,
): string {
  const summary = summaryOf(counts);
  const loading = engineLoading === undefined ? '' : ', loading the engine';
  if (status === 'running') {
    const time = formatDuration(Math.max(0, now - startedAt));
    return paint.dim(cut(`  ${time.padStart(8)}  ${summary}${loading}`, columns - 1));
  }
  const ended = {
    success: ['succeeded', paint.green],
    failed: ['FAILED', paint.red],
    canceled: ['was cancelled', paint.yellow],
  } as const;
  const [word, color] = ended[status];
  const name = cut(pipeline, columns - 1);
  const rest = cut(` in ${formatDuration(durationMs)}: ${summary}`, columns - 2 - name.length - word.length);
  return `${paint.bold(name)} ${color(word)}${rest}`;
}

/** `3 done, 1 reused, 2 waiting` */
export function summaryOf(counts: StepCounts): string {
  const parts = [
    [counts.complete, 'done'],
    [counts.reused, 'reused'],
    [counts.failed, 'FAILED'],
    [counts.canceled, 'canceled'],
    [counts.skipped, 'skipped'],
    [counts.retrying, 'retrying'],
    [counts.running, 'running'],
    [counts.waiting, 'waiting'],
  ] as const;
  const told = parts.flatMap(([count, word]) => (count === 0 ? [] : [`${formatCount(count)} ${word}`]));
  return told.length === 0 ? 'no steps' : told.join(', ');
}
