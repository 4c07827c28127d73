import type { RunSnapshot, StepSnapshot } from '@cairn/core';
import type { Colors } from './colors.ts';
import { cut, visible } from './display-width.ts';
import { formatBytes, formatCount, formatDuration, formatRate } from './format.ts';
import type { Marks } from './terminal.ts';

/** Which columns fit, and how wide the names are. */
export interface Layout {
  readonly columns: number;
  readonly name: number;
  readonly isTimeShown: boolean;
  readonly isKindShown: boolean;
  readonly isRowsShown: boolean;
  readonly isBytesShown: boolean;
  readonly isRateShown: boolean;
}

// Columns with the two blanks before them.
const widths = { word: 10, rows: 16, bytes: 10, rate: 13, time: 12, kind: 11 };
const margin = 4;

/** What is most worth knowing comes first: the name, what became of it, how long, rows, bytes, rate, kind. */
export function layoutFor({ processes }: RunSnapshot, columns: number): Layout {
  let longest = 4;
  for (const { steps } of processes)
    for (const { name } of steps) if (name.length > longest) longest = name.length;
  // The last column stays free: a terminal that has it written wraps, or not, as it likes.
  let left = columns - 1 - margin - 2 - widths.word;
  const isTimeShown = left >= widths.time + Math.min(longest, 8);
  if (isTimeShown) left -= widths.time;
  // A long name gives way to numbers, a shorter one does not.
  const kept = Math.max(2, Math.min(longest, 24, left));
  left -= kept;
  const fits = (width: number): boolean => {
    if (left < width) return false;
    left -= width;
    return true;
  };
  const isRowsShown = isTimeShown && fits(widths.rows);
  const isBytesShown = isRowsShown && fits(widths.bytes);
  const isRateShown = isBytesShown && fits(widths.rate);
  const isKindShown = isRateShown && fits(widths.kind);
  const name = Math.min(longest, kept + Math.max(0, left));
  return { columns, name, isTimeShown, isKindShown, isRowsShown, isBytesShown, isRateShown };
}

/** What a line is painted with besides its step. */
export interface Brush {
  readonly paint: Colors;
  readonly marks: Marks;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

const words: Readonly<Record<StepSnapshot['status'], string>> = {
  waiting: 'waiting',
  running: 'running',
  retrying: 'retrying',
  complete: 'done',
  reused: 'reused',
  skipped: 'skipped',
  failed: 'FAILED',
  canceled: 'canceled',
};

/** A step in one line that fits the terminal. Its mark and its word say what its colour says. */
export function stepLine(step: StepSnapshot, layout: Layout, { paint, marks, now }: Brush): string {
  const color = colorOf(step.status, paint);
  const { running } = marks;
  const mark =
    step.status === 'running'
      ? (running[Math.floor(now / 80) % running.length] as string)
      : marks[step.status];
  const name = cut(step.name, layout.name).padEnd(layout.name);
  const head = `${' '.repeat(margin)}${color(mark)} ${step.status === 'waiting' ? paint.dim(name) : name}`;
  const rest = restOf(step, layout, { paint, marks, now });
  const word = color(rest === '' ? words[step.status] : words[step.status].padEnd(widths.word - 2));
  const kind = layout.isKindShown ? `  ${paint.dim(step.kind.padEnd(widths.kind - 2))}` : '';
  return `${head}${kind}  ${word}${rest}`.trimEnd();
}

/** How many cells are left after the word. */
function room({ columns, name, isKindShown }: Layout): number {
  return columns - 1 - margin - 2 - name - widths.word - (isKindShown ? widths.kind : 0);
}

function restOf(step: StepSnapshot, layout: Layout, { paint, marks, now }: Brush): string {
  const say = (text: string): string => {
    const space = room(layout) - 2;
    return text === '' || space < 4 ? '' : `  ${cut(visible(text), space)}`;
  };
  const { rows, bytes, durationMs, reason = '' } = step;
  switch (step.status) {
    case 'waiting':
      return '';
    case 'skipped':
      return say(reason) === '' ? '' : paint.dim(say(reason));
    case 'failed':
      return say(firstLine(step));
    case 'retrying':
      return say(`after attempt ${step.attempts}: ${firstLine(step)}`);
    case 'canceled':
      return durationMs === undefined ? '' : say(`after ${formatDuration(durationMs)}`);
    case 'running': {
      const time = step.startedAt === undefined ? '' : formatDuration(Math.max(0, now - step.startedAt));
      const again = step.attempts > 1 ? `attempt ${step.attempts}` : '';
      return tableOf(layout, progressOf(step, marks), again, '', time);
    }
    case 'reused': {
      const from = reason.replace('reused ', '');
      const table = tableOf(layout, rowsOf(rows), bytesOf(bytes), '', '').trimEnd();
      const taken = (layout.isRowsShown ? widths.rows : 0) + (layout.isBytesShown ? widths.bytes : 0);
      const space = room(layout) - taken - 2;
      return `${table.padEnd(taken)}${space < 4 ? '' : paint.dim(`  ${cut(from, space)}`)}`;
    }
    case 'complete': {
      const rate = rows === undefined || durationMs === undefined ? '' : formatRate(rows, durationMs);
      const time = durationMs === undefined ? '' : formatDuration(durationMs);
      return tableOf(layout, rowsOf(rows), bytesOf(bytes), paint.dim(rate.padStart(widths.rate - 2)), time);
    }
  }
}

const rowsOf = (rows: number | undefined): string =>
  rows === undefined ? '' : `${formatCount(rows)} ${rows === 1 ? 'row ' : 'rows'}`;
const bytesOf = (bytes: number | undefined): string => (bytes === undefined ? '' : formatBytes(bytes));

function tableOf(
  { isTimeShown, isRowsShown, isBytesShown, isRateShown }: Layout,
  rows: string,
  bytes: string,
  paintedRate: string,
  time: string,
): string {
  return [
    isRowsShown ? rows.padStart(widths.rows) : '',
    isBytesShown ? bytes.padStart(widths.bytes) : '',
    isRateShown ? `  ${paintedRate === '' ? ' '.repeat(widths.rate - 2) : paintedRate}` : '',
    isTimeShown ? time.padStart(widths.time) : '',
  ].join('');
}

/** `████░░░░  48 %`, or how much where nobody knows of how much. */
function progressOf({ done, total }: StepSnapshot, { bar: [full, empty] }: Marks): string {
  if (done === undefined) return '';
  if (total === undefined || total <= 0) return formatCount(done);
  const share = Math.min(1, Math.max(0, done / total));
  const cells = Math.round(share * 8);
  return `${full.repeat(cells)}${empty.repeat(8 - cells)} ${`${Math.floor(share * 100)} %`.padStart(5)}`;
}

function firstLine({ error, name }: StepSnapshot): string {
  return withoutPlace(error?.message.split('\n')[0] ?? '', name);
}

/** What an error says of a step, without the names of the step and its pipeline, where both are plain to see. */
export function withoutPlace(message: string, step: string): string {
  const place = `Step '${step}' of pipeline '`;
  const end = message.startsWith(place) ? message.indexOf("': ", place.length) : -1;
  return end === -1 ? message : message.slice(end + 3);
}

function colorOf(status: StepSnapshot['status'], paint: Colors): (text: string) => string {
  return {
    waiting: paint.dim,
    running: paint.blue,
    retrying: paint.yellow,
    complete: paint.green,
    reused: paint.cyan,
    skipped: paint.dim,
    failed: paint.red,
    canceled: paint.yellow,
  }[status];
}
