import type { CairnEvent, Observer } from '@cairn/core';
import { colorsFor, type Colors } from './colors.ts';
import { formatBytes, formatCount, formatDuration } from './format.ts';
import { noticeOf } from './notice.ts';
import type { TerminalOutput } from './terminal.ts';

/** Options of {@link lineProgress}. */
export interface LineProgressOptions {
  readonly output: TerminalOutput;
  /** @default as the output and the environment say */
  readonly colors?: Colors;
}

interface TableFacts {
  readonly rows?: number | undefined;
  readonly bytes?: number | undefined;
  readonly contentHash?: string | undefined;
}

/**
 * Prints a line for each step as it ends, for pipes, files and logs: outcome, rows, bytes, the beginning of its content
 * hash, time.
 */
export function lineProgress({ output, colors: paint = colorsFor(output) }: LineProgressOptions): Observer {
  let width = 0;

  const line = (text: string): void => void output.write(`${text}\n`);
  const row = (name: string, outcome: string, table: TableFacts, rest: string): void => {
    const rows = table.rows === undefined ? '' : `${formatCount(table.rows)} rows`;
    const bytes = table.bytes === undefined ? '' : formatBytes(table.bytes);
    const content = (table.contentHash ?? '').slice(0, 10);
    line(
      `  ${name.padEnd(width)}  ${outcome}  ${rows.padStart(15)}  ${bytes.padStart(9)}  ${content.padEnd(10)}  ${rest}`.trimEnd(),
    );
  };
  const word = (text: string): string => text.padEnd(8);

  return {
    name: 'progress',
    onEvent(event: CairnEvent) {
      const notice = noticeOf(event, paint);
      if (notice !== undefined) line(`  ${notice}`);
      switch (event.type) {
        case 'pipeline_start':
          width = event.steps.reduce((most, step) => Math.max(most, step.length), 0);
          line(`${paint.bold(event.pipeline)}  attempt ${event.attempt}, run ${event.runId}`);
          break;
        case 'step_end': {
          const outcome = {
            success: paint.green(word('done')),
            failed: paint.red(word('FAILED')),
            canceled: paint.yellow(word('canceled')),
          };
          row(event.step, outcome[event.status], event, formatDuration(event.durationMs));
          break;
        }
        case 'step_reused': {
          const from = event.from === 'correlation' ? 'an earlier run' : event.from;
          row(event.step, paint.cyan(word('reused')), event, `from ${from}`);
          break;
        }
        case 'step_skipped':
          row(event.step, paint.dim(word('skipped')), {}, event.reason);
          break;
        case 'pipeline_end': {
          const words = {
            success: paint.green('succeeded'),
            failed: paint.red('failed'),
            canceled: paint.yellow('was cancelled'),
          };
          line(`${paint.bold(event.pipeline)} ${words[event.status]} in ${formatDuration(event.durationMs)}`);
          break;
        }
      }
    },
  };
}
