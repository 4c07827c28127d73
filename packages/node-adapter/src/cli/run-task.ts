import { appendFileSync, writeFileSync } from 'node:fs';
import {
  CairnError,
  compositeObserver,
  isCairnError,
  type Observer,
  type Pipeline,
  type RunOptions,
  type RunResult,
  type Runner,
} from '@cairn/core';
import { captureOutput } from './capture-output.ts';
import { toldError } from './explain-error.ts';
import { eventLines, jsonText, resultFacts } from './json-text.ts';
import { lineProgress } from './line-progress.ts';
import { liveProgress, type LiveProgress } from './live-progress.ts';
import { canRedraw } from './terminal.ts';

/** How a run is shown, and what it is told. */
export interface RunTaskOptions {
  /** Events and the result as lines of JSON instead of progress. */
  readonly json: boolean;
  /** A file that gets every event as a line of JSON as well. */
  readonly events: string | undefined;
  readonly run: Omit<RunOptions, 'signal' | 'onEvent'>;
  /** Cancels the run. @default nothing but a signal of the system does */
  readonly signal?: AbortSignal;
}

const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Runs a pipeline and shows it; Ctrl-C and SIGTERM cancel it. Resolves to the exit code: 0 success, 130 and 143 cancelled by
 * a signal.
 *
 * @throws CairnError as `Runner.run` does; {@link exitCodeOf} says what a failure comes to
 */
export async function runTask(
  runner: Runner,
  pipeline: Pipeline,
  params: Readonly<Record<string, unknown>>,
  { json, events, run: options, signal: stop }: RunTaskOptions,
): Promise<number> {
  const files = events === undefined ? [] : [eventFile(events)];
  const shown = showProgress(json);
  const observer = compositeObserver([shown.observer, ...files]);
  const run = runner.start(pipeline, params, { ...options, onEvent: observer.onEvent });

  const onStop = (): void => void run.cancel(String(stop?.reason));
  if (stop?.aborted === true) onStop();
  stop?.addEventListener('abort', onStop);
  let signaled: keyof typeof exitCodes | undefined;
  const onSignal = (signal: NodeJS.Signals): void => {
    const name = signal === 'SIGTERM' ? 'SIGTERM' : 'SIGINT';
    // A second signal ends at once: being killed is the normal way to stop.
    if (signaled !== undefined) process.exit(exitCodes[name]);
    signaled = name;
    shown.print(`  ${name}: stopping; what was finished is kept`);
    void run.cancel(name);
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  let ended: (() => void) | undefined;
  const tell = (result: RunResult | undefined, exitCode: number, error?: unknown): void => {
    if (!json || result === undefined) return;
    const line = jsonText({ type: 'result', ...resultFacts(result), error, exitCode });
    ended = () => process.stdout.write(`${line}\n`);
  };
  try {
    tell(await run.result, 0);
    return 0;
  } catch (error) {
    const isSignaled = signaled !== undefined && isCairnError(error, 'canceled');
    const exitCode = isSignaled ? exitCodes[signaled as keyof typeof exitCodes] : exitCodeOf(error);
    tell(resultOf(error), exitCode, toldError(error));
    if (isSignaled) return exitCode;
    throw error;
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    stop?.removeEventListener('abort', onStop);
    shown.end();
    ended?.();
  }
}

/** What a command that threw exits with: 2 for a run that failed but made something, otherwise 1. */
export function exitCodeOf(error: unknown): number {
  return isCairnError(error, 'run_failed') && resultOf(error)?.outcome === 'partial' ? 2 : 1;
}

/** What a run that failed or was cancelled came to; undefined for an error of another kind. */
export function resultOf(error: unknown): RunResult | undefined {
  return isCairnError(error) ? (error.details['result'] as RunResult | undefined) : undefined;
}

interface Shown {
  readonly observer: Observer;
  print(text: string): void;
  end(): void;
}

function showProgress(json: boolean): Shown {
  const { stdout, stderr } = process;
  if (json) {
    // What a step prints is no JSON.
    const captured = captureOutput([stdout], (text) => stderr.write(text));
    return {
      observer: eventLines(captured.write),
      print: () => undefined,
      end: () => captured.end(),
    };
  }
  if (!canRedraw(stdout)) {
    const print = (text: string): void => void stdout.write(`${text}\n`);
    return { observer: lineProgress({ output: stdout }), print, end: () => undefined };
  }
  let live: LiveProgress | undefined;
  const print = (text: string): void => live?.print(text);
  const captured = captureOutput(stderr.isTTY ? [stdout, stderr] : [stdout], print);
  live = liveProgress({
    output: {
      write: captured.write,
      isTTY: true,
      get columns() {
        return stdout.columns;
      },
      get rows() {
        return stdout.rows;
      },
      on: (event, listener) => stdout.on(event, listener),
      off: (event, listener) => stdout.off(event, listener),
    },
  });
  const observer = live;
  return {
    observer,
    print,
    end() {
      captured.end();
      void observer.flush?.();
    },
  };
}

/** Each line is written at once, so that whoever reads along is told in time, and a kill loses none. */
function eventFile(path: string): Observer {
  try {
    writeFileSync(path, '');
  } catch (error) {
    throw new CairnError('invalid_argument', `--events: '${path}' cannot be written`, { cause: error });
  }
  return eventLines((line) => appendFileSync(path, line));
}
