import { CairnError } from './cairn-error.ts';

/** The engine could not be started, ended by itself, or broke one of its own rules. */
export function engineFailed(what: string, cause?: unknown): CairnError {
  const why = cause === undefined ? '' : `: ${cause instanceof Error ? cause.message : String(cause)}`;
  return new CairnError('engine_failed', `The engine failed: ${what}${why}`, { cause });
}

/** The engine has no memory left for what it is asked to do. */
export function engineFull(said: string, cause: unknown): CairnError {
  return new CairnError(
    'engine_failed',
    `The engine ran out of memory (${said}): a step needs less when it reads fewer columns or rows, or is split in two`,
    { cause, details: { isFull: true } },
  );
}

/** A step's input, as it is in the engine. */
export interface InputSize {
  readonly step: string;
  readonly rows: number;
  /** Bytes of memory, roughly. */
  readonly bytes: number;
}

/** The engine ran out of memory once more, when it had nothing else in it than what this step needs. */
export function stepTooLarge(reason: CairnError, inputs: readonly InputSize[]): CairnError {
  const list = inputs.map(
    ({ step, rows, bytes }) =>
      `'${step}' (${rows.toLocaleString('en')} rows, about ${(bytes / 2 ** 20).toFixed(1)} MiB)`,
  );
  const reads = list.length === 0 ? 'it reads no tables' : `it reads ${list.join(', ')}`;
  return new CairnError(
    'engine_failed',
    `The step does not fit into memory, not even alone with its inputs; ${reads}. ${reason.message}`,
    { cause: reason, details: { inputs } },
  );
}

/** The engine was lost once more at a step that had been begun again for that reason. */
export function engineLostAgain(reason: CairnError): CairnError {
  return new CairnError(
    'engine_failed',
    `The engine was lost twice at this step, the second time with no other step at work: ${reason.message}`,
    { cause: reason },
  );
}

/** The bytes given as a table's parts are no Arrow IPC streams, or not those of this table. */
export function invalidParts(table: string, what: string, cause?: unknown): CairnError {
  return new CairnError('invalid_data', `The data given for table '${table}' cannot be read: ${what}`, {
    details: { table },
    cause,
  });
}

/** A statement failed. The details hold the SQL as it was written, with `$1` for the first bound value. */
export function sqlFailed(
  message: string,
  details: Readonly<Record<string, unknown>>,
  cause?: unknown,
): CairnError {
  return new CairnError('sql_failed', message, { details, cause });
}

/** SQL wanted something that the sandbox keeps from it. `what` is what it was refused, in the engine's words where it said so. */
export function sandboxRefused(
  what: string,
  details: Readonly<Record<string, unknown>>,
  cause?: unknown,
): CairnError {
  return new CairnError('sandbox_refused', `The sandbox refused ${what}`, { cause, details });
}
