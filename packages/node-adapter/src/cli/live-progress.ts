import { progressObserver, type CairnEvent, type Observer, type RunSnapshot } from '@cairn/core';
import { colorsFor, type Colors } from './colors.ts';
import { displayWidth } from './display-width.ts';
import { noticeOf } from './notice.ts';
import { runFrame } from './run-frame.ts';
import { marksFor, type Marks, type TerminalOutput } from './terminal.ts';
import { wrapText } from './wrap-text.ts';

/** Options of {@link liveProgress}. */
export interface LiveProgressOptions {
  readonly output: TerminalOutput;
  /** @default as the terminal and the environment say */
  readonly colors?: Colors;
  /** @default as the locale says */
  readonly marks?: Marks;
  /** Milliseconds since the epoch. @default the system's */
  readonly now?: () => number;
  /** How often it is drawn, in milliseconds. @default 80 */
  readonly intervalMs?: number;
}

/** An observer that draws, and lets others write above what it draws. */
export interface LiveProgress extends Observer {
  /** Keeps a text, which begins lines of its own, above what is drawn. */
  print(text: string): void;
}

/** About once a frame of the screen. */
const frameMs = 16;

/**
 * Draws a run in place: a line for each step, drawn again and again until the run ends, when the final state of every step stays. The
 * cursor is never hidden and nothing has to be put back, so that a killed process leaves the terminal as it should be.
 */
export function liveProgress({
  output,
  colors: paint = colorsFor(output),
  marks = marksFor(),
  now = Date.now,
  intervalMs = 80,
}: LiveProgressOptions): LiveProgress {
  let latest: RunSnapshot | undefined;
  let drawn: readonly string[] = [];
  let timer: NodeJS.Timeout | undefined;
  let above = '';
  let drawnAt = -Infinity;

  const columns = (): number => Math.max(20, output.columns ?? 80);

  /** To the beginning of what was drawn: a terminal that got narrower has broken its lines. */
  const back = (): string => {
    const width = columns();
    const lines = drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(displayWidth(line) / width)), 0);
    return lines === 0 ? '' : `\r\u001b[${lines}A`;
  };

  const draw = (rows: number = Math.max(4, output.rows ?? 24)): void => {
    const lines =
      latest === undefined
        ? []
        : runFrame(latest, { columns: columns(), rows }, { paint, marks, now: now() });
    const frame = lines.map((line) => `${line}\u001b[K\n`).join('');
    const kept = above.replaceAll('\n', '\u001b[K\n');
    output.write(`${back()}${kept}${frame}\u001b[J`);
    above = '';
    drawn = lines;
    drawnAt = now();
  };

  const redraw = (): void => draw();
  const begin = (): void => {
    if (timer !== undefined) return;
    timer = setInterval(redraw, intervalMs);
    timer.unref();
    output.on?.('resize', redraw);
  };
  const end = (): void => {
    clearInterval(timer);
    timer = undefined;
    output.off?.('resize', redraw);
  };

  const inner = progressObserver({
    intervalMs,
    onProgress(snapshot) {
      latest = snapshot;
    },
  });

  const print = (text: string): void => {
    above += text.endsWith('\n') ? text : `${text}\n`;
  };

  return {
    name: 'live progress',
    print,
    onEvent(event: CairnEvent) {
      const notice = noticeOf(event, paint);
      if (notice !== undefined) print(`  ${wrapText(notice, columns() - 5).join('\n    ')}`);
      void inner.onEvent(event);
      if (event.type === 'pipeline_start') {
        begin();
        draw();
      }
      if (event.type === 'pipeline_end') {
        end();
        draw(Infinity);
        drawn = [];
        latest = undefined;
      }
      // What a kill leaves on the screen should be what was done.
      if (event.type === 'step_end' && now() - drawnAt >= frameMs) {
        void inner.flush?.();
        draw();
      }
    },
    async flush() {
      await inner.flush?.();
      end();
      if (above !== '' || drawn.length > 0) draw();
      drawn = [];
      latest = undefined;
    },
  };
}
