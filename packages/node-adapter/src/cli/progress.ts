import type { CairnEvent, Observer } from '@cairn/core';
import pc from 'picocolors';
import { colorsFor } from './colors.ts';
import { formatBytes, formatCount, formatDuration } from './format.ts';

/** Where progress is written; `process.stdout` and `process.stderr` fit. */
export interface ProgressOutput {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Options of {@link progressPrinter}. */
export interface ProgressOptions {
  readonly output: ProgressOutput;
  /** Show what is running in a last line also where output is no terminal. @default false */
  readonly live?: boolean;
  /** @default as the terminal and `NO_COLOR` say */
  readonly colors?: boolean;
  /** Width of the names' column. @default the longest name of the run */
  readonly nameWidth?: number;
}

interface TableFacts {
  readonly rows?: number | undefined;
  readonly bytes?: number | undefined;
  readonly contentHash?: string | undefined;
}

/**
 * Prints a line for each step as it ends: outcome, rows, bytes, the beginning of its content hash, time. On a terminal a last line shows what is
 * running. Nothing is told by colour alone.
 */
export function progressPrinter({
  output,
  live = output.isTTY === true,
  colors,
  nameWidth,
}: ProgressOptions): Observer {
  const paint = colors === undefined ? colorsFor(output) : pc.createColors(colors);
  const running = new Map<string, { readonly since: number; done?: string }>();
  let width = nameWidth ?? 0;
  let status = '';

  const clear = (): void => {
    if (status !== '') output.write(`\r${' '.repeat(status.length)}\r`);
    status = '';
  };
  const line = (text: string): void => {
    clear();
    output.write(`${text}\n`);
  };
  const showRunning = (now: number): void => {
    if (!live && output.isTTY !== true) return;
    clear();
    if (running.size === 0) return;
    const parts = [...running].map(
      ([name, { since, done }]) => `${name} ${done ?? formatDuration(now - since)}`,
    );
    status = `  ... ${parts.join(', ')}`.slice(0, (output.columns ?? 80) - 1);
    output.write(status);
  };
  const row = (name: string, outcome: string, table: TableFacts, rest: string): void => {
    const rows = table.rows === undefined ? '' : `${formatCount(table.rows)} rows`;
    const bytes = table.bytes === undefined ? '' : formatBytes(table.bytes);
    const content = (table.contentHash ?? '').slice(0, 10);
    line(
      `  ${name.padEnd(width)}  ${outcome}  ${rows.padStart(15)}  ${bytes.padStart(9)}  ${content.padEnd(10)}  ${rest}`.trimEnd(),
    );
  };
  const word = (text: string): string => text.padEnd(8);

  const onEvent = (event: CairnEvent): void => {
    switch (event.type) {
      case 'pipeline_start':
        width = Math.max(width, ...event.steps.map((step) => step.length));
        line(`${paint.bold(event.pipeline)}  attempt ${event.attempt}, run ${event.runId}`);
        break;
      case 'step_start':
        running.set(event.step, { since: event.at });
        break;
      case 'progress': {
        const known = running.get(event.step);
        if (known === undefined) break;
        const share =
          event.total === undefined
            ? formatCount(event.done)
            : `${Math.floor((100 * event.done) / event.total)} %`;
        running.set(event.step, { ...known, done: share });
        break;
      }
      case 'step_end': {
        running.delete(event.step);
        const outcome = {
          success: paint.green(word('done')),
          failed: paint.red(word('FAILED')),
          canceled: paint.yellow(word('canceled')),
        };
        row(event.step, outcome[event.status], event, formatDuration(event.durationMs));
        break;
      }
      case 'step_reused':
        row(
          event.step,
          paint.cyan(word('reused')),
          event,
          `from ${event.from === 'correlation' ? 'an earlier run' : event.from}`,
        );
        break;
      case 'step_skipped':
        row(event.step, paint.dim(word('skipped')), {}, event.reason);
        break;
      case 'checkpoint_damaged':
        line(`  ${paint.yellow('damaged:')} ${event.error.message}; it is computed again`);
        break;
      case 'cleanup_failed':
        line(`  ${paint.yellow('clean-up failed:')} ${event.error.message}`);
        break;
      case 'warning':
        line(`  ${paint.yellow('warning:')} ${event.message}`);
        break;
      case 'pipeline_end': {
        running.clear();
        const words = {
          success: paint.green('succeeded'),
          failed: paint.red('failed'),
          canceled: paint.yellow('was cancelled'),
        };
        line(`${paint.bold(event.pipeline)} ${words[event.status]} in ${formatDuration(event.durationMs)}`);
        break;
      }
    }
    showRunning(event.at);
  };
  return { name: 'progress', onEvent, flush: clear };
}
