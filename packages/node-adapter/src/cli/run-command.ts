import { CairnError, isCairnError } from '@cairn/core';
import { createNodeRunner } from '../runner.ts';
import { loadPipeline } from './load-pipeline.ts';
import { paramsFromOptions } from './param-options.ts';
import { progressPrinter } from './progress.ts';

/** Options of `cairn run` as they come from the command line. */
export interface RunCommandOptions {
  readonly param?: string | readonly string[];
  readonly root: string;
  readonly correlationId?: string;
  readonly force?: string | readonly string[];
  readonly failFast?: boolean;
  readonly concurrency?: string | number;
}

const asList = (value: string | readonly string[] | undefined): string[] =>
  value === undefined ? [] : Array.isArray(value) ? value.map(String) : [String(value)];

/** An option's one value as text: the parser makes numbers of digits, and a list of what is repeated. */
function asText(name: string, value: unknown): string {
  if (!Array.isArray(value)) return String(value);
  throw new CairnError('invalid_argument', `--${name} may be given once only`, { details: { value } });
}

const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

/** Runs a pipeline file; resolves to the exit code: 0 success, 1 failed, 130 and 143 cancelled by a signal. */
export async function runCommand(file: string, options: RunCommandOptions): Promise<number> {
  const pipeline = await loadPipeline(file);
  const params = await paramsFromOptions(pipeline, asList(options.param));
  await using runner = createNodeRunner({
    root: asText('root', options.root),
    observers: [progressPrinter({ output: process.stdout, live: process.env['CAIRN_PROGRESS'] === 'live' })],
    ...(options.concurrency === undefined ? {} : { concurrency: Number(options.concurrency) }),
  });
  const run = runner.start(pipeline, params, {
    force: asList(options.force),
    failFast: options.failFast === true,
    ...(options.correlationId === undefined
      ? {}
      : { correlationId: asText('correlation-id', options.correlationId) }),
  });

  let signaled: keyof typeof exitCodes | undefined;
  const onSignal = (signal: NodeJS.Signals): void => {
    const name = signal === 'SIGTERM' ? 'SIGTERM' : 'SIGINT';
    // A second signal ends at once: being killed is the normal way to stop.
    if (signaled !== undefined) process.exit(exitCodes[name]);
    signaled = name;
    void run.cancel(name);
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    await run.result;
    return 0;
  } catch (error) {
    if (signaled !== undefined && isCairnError(error, 'canceled')) return exitCodes[signaled];
    throw error;
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}
