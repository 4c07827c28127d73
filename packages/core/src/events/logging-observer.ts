import { errorFacts } from './error-facts.ts';
import type { CairnEvent } from './event.ts';
import type { Logger } from './logger.ts';
import type { Observer } from './observer.ts';

/** Options of {@link loggingObserver}. */
export interface LoggingObserverOptions {
  /** Takes an object of facts, then a message: pino, or whatever is shaped like it. */
  readonly logger: Logger;
}

// What is not here is for whoever debugs.
const levels: Readonly<Record<string, keyof Logger>> = {
  pipeline_start: 'info',
  pipeline_end: 'info',
  process_start: 'info',
  process_end: 'info',
  step_start: 'info',
  step_end: 'info',
  step_reused: 'info',
  step_skipped: 'info',
  step_error: 'error',
  cleanup_failed: 'error',
  step_retry: 'warn',
  checkpoint_damaged: 'warn',
  circuit_state: 'warn',
  warning: 'warn',
};

/**
 * Writes one line for every event to a structured logger: the facts as fields (`event`, `pipeline`, `runId`,
 * `correlationId`, `attempt`, `step`, `rows`, `durationMs`, ...; an error as `err` with its code and causes), and a short
 * message, which but for a warning's holds no values, so that lines can be counted by it.
 *
 * Errors, and checks of severity `error` that do not pass, have level `error`; other checks that do not pass, retries, damaged
 * checkpoints, circuits and warnings `warn`; starts, ends, what is reused and what is skipped
 * `info`; everything else (`stage_updated`, `checkpoint_written`, `progress`, ...) `debug`. Values of params, of secrets and of
 * tables are in no event, and so in no line.
 *
 * @example
 * const runner = createNodeRunner({ observers: [loggingObserver({ logger: pino() })] });
 */
export function loggingObserver({ logger }: LoggingObserverOptions): Observer {
  return Object.freeze({
    name: 'logging',
    onEvent(event: CairnEvent) {
      logger[levelOf(event)](factsOf(event), messageOf(event));
    },
  });
}

function levelOf(event: CairnEvent): keyof Logger {
  if (event.type === 'pipeline_end' && event.status !== 'success')
    return event.status === 'failed' ? 'error' : 'warn';
  if (event.type === 'check_result' && event.status !== 'passed')
    return event.severity === 'error' ? 'error' : 'warn';
  return levels[event.type] ?? 'debug';
}

function factsOf({ type, ...rest }: CairnEvent): Record<string, unknown> {
  const facts: Record<string, unknown> = { event: type };
  for (const [name, value] of Object.entries(rest)) {
    if (value === undefined || name === 'at' || (type === 'warning' && name === 'message')) continue;
    // What was measured are values of the table.
    if (type === 'check_result' && name === 'metrics') continue;
    if (name === 'failingRows') {
      facts['keptRows'] = (value as { readonly rows: number } | null)?.rows ?? 0;
      continue;
    }
    if (value instanceof Error) facts[name === 'error' ? 'err' : name] = errorFacts(value);
    else if (name === 'steps' || name === 'processes') facts[name] = (value as readonly unknown[]).length;
    else if (name === 'details') facts[name] = plainDetails(value as Readonly<Record<string, unknown>>);
    else facts[name] = value;
  }
  return facts;
}

function plainDetails(details: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(details).map(([name, value]) => [
      name,
      value instanceof Error ? errorFacts(value) : value,
    ]),
  );
}

const ends = { success: 'succeeded', failed: 'failed', canceled: 'was cancelled' } as const;

function messageOf(event: CairnEvent): string {
  switch (event.type) {
    case 'pipeline_start':
      return 'pipeline started';
    case 'pipeline_end':
      return `pipeline ${ends[event.status]}`;
    case 'process_start':
      return 'process started';
    case 'process_end':
      return `process ${ends[event.status]}`;
    case 'step_start':
      return 'step started';
    case 'step_end':
      return `step ${ends[event.status]}`;
    case 'step_reused':
      return 'step reused';
    case 'step_skipped':
      return 'step skipped';
    case 'step_error':
      return 'step raised an error';
    case 'step_retry':
      return 'step is tried again';
    case 'checkpoint_damaged':
      return 'checkpoint is damaged';
    case 'check_result':
      return event.status === 'errored' ? 'check could not be evaluated' : `check ${event.status}`;
    case 'circuit_state':
      return `circuit is ${event.state}`;
    case 'cleanup_failed':
      return 'clean-up failed';
    case 'warning':
      return event.message;
    default:
      return event.type.replaceAll('_', ' ');
  }
}
