import { CairnError, isCairnError } from './cairn-error.ts';
import { didYouMean } from './suggest.ts';

/** The run was cancelled; `name` is `AbortError`. The reason, when it is no plain abort, is the cause. */
export function canceled(
  what: string,
  reason?: unknown,
  details: Readonly<Record<string, unknown>> = {},
): CairnError {
  const why = typeof reason === 'string' ? `: ${reason}` : '';
  return new CairnError('canceled', `${what} was cancelled${why}`, { cause: reason, details });
}

/** A checkpoint is there but is not what its manifest says. */
export function checkpointDamaged(
  step: string,
  what: string,
  details: Readonly<Record<string, unknown>>,
  cause?: unknown,
): CairnError {
  return new CairnError('checkpoint_damaged', `The checkpoint of step '${step}' is damaged: ${what}`, {
    details: { step, ...details },
    cause,
  });
}

/** A checkpoint whose table was removed on purpose. */
export function checkpointEvicted(
  step: string,
  eviction: { readonly at: string; readonly because: string },
): CairnError {
  return new CairnError(
    'checkpoint_not_found',
    `No checkpoint of step '${step}' can be read: retention has evicted its table (${eviction.because}, ${eviction.at}); run the pipeline with force: ['${step}'] to have it again`,
    { details: { step, evictedAt: eviction.at, because: eviction.because } },
  );
}

/** No checkpoint of this name stands in any scope that was tried. */
export function checkpointNotFound(step: string, where: string, known: readonly string[] = []): CairnError {
  return new CairnError(
    'checkpoint_not_found',
    `No checkpoint of step '${step}' ${where}${didYouMean(step, known)}`,
    { details: { step, known } },
  );
}

/** A circuit lets no attempt through: it is open, or half-open with enough attempts at work. */
export function circuitOpen(
  name: string,
  { state, until }: { readonly state: string; readonly until: number | undefined },
  lastFailure: unknown,
): CairnError {
  const how =
    until === undefined ? 'half-open and being tried' : `open until ${new Date(until).toISOString()}`;
  const why = lastFailure instanceof Error ? `: ${lastFailure.message}` : '';
  return new CairnError('circuit_open', `Circuit '${name}' is ${how}${why}`, {
    details: { name, state, until },
    cause: lastFailure,
  });
}

/** A checkpoint of scope correlation needs a correlation id. */
export function correlationIdRequired(step: string): CairnError {
  return new CairnError(
    'correlation_id_required',
    `Step '${step}' has scope 'correlation', but this run has no correlation id`,
    { details: { step } },
  );
}

/** Two writers of one checkpoint name that exclude each other. */
export function duplicateWriter(name: string, why: string): CairnError {
  return new CairnError('duplicate_writer', `Checkpoint '${name}' has two writers: ${why}`, {
    details: { name },
  });
}

/** A step that is included reads what is neither included nor in a checkpoint that holds. */
export function inputNotAvailable(
  pipeline: string,
  step: string,
  input: string,
  why: string,
  cause?: unknown,
): CairnError {
  return new CairnError(
    'input_not_available',
    `Step '${step}' of pipeline '${pipeline}' reads '${input}', which is not included, and ${why}: include '${input}' too`,
    { details: { pipeline, step, input }, cause },
  );
}

/** The page has no secure context, so the platform offers neither hashing nor locks. */
export function insecureContext(): CairnError {
  return new CairnError(
    'insecure_context',
    'crypto.subtle and Web Locks are not available: Cairn needs a secure context (https, or localhost)',
  );
}

/** A transform returned something that is no table. */
export function invalidTransformResult(step: string, what: string, cause?: unknown): CairnError {
  return new CairnError(
    'invalid_transform_result',
    `The transform returned ${what}; it must return an Arrow Table, rows, Arrow IPC bytes or sql\`...\``,
    { details: { step }, cause },
  );
}

/** At least one step failed; the first error in time is the cause. */
export function runFailed(
  pipeline: string,
  first: CairnError,
  details: Readonly<Record<string, unknown>>,
): CairnError {
  return new CairnError('run_failed', `Pipeline '${pipeline}' failed: ${first.message}`, {
    cause: first,
    details,
  });
}

/** A fan-in's writer has values that do not fit the first writer's columns. */
export function schemaMismatch(name: string, cause: unknown): CairnError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new CairnError(
    'schema_mismatch',
    `The inputs of '${name}' cannot be brought to the columns of the first one: ${why}`,
    { details: { name }, cause },
  );
}

/** Nobody knows the value of a secret. */
export function secretNotFound(secret: string, step: string): CairnError {
  return new CairnError(
    'secret_not_found',
    `Step '${step}' needs the secret '${secret}', which the runner's option 'secrets' lacks`,
    { details: { secret, step } },
  );
}

/** Code that is not Cairn's (a transform, an effect, a connector) threw. */
export function stepFailed(cause: unknown): CairnError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new CairnError('step_failed', why, { cause });
}

/** An attempt at a step took longer than it may. */
export function stepTimeout(pipeline: string, step: string, timeoutMs: number): CairnError {
  return new CairnError(
    'step_timeout',
    `Step '${step}' of pipeline '${pipeline}' took longer than its timeoutMs, ${timeoutMs} ms`,
    { details: { pipeline, step, timeoutMs } },
  );
}

/** The same error, saying at which step of which pipeline it happened. */
export function atStep(error: unknown, pipeline: string, step: string): CairnError {
  const known = isCairnError(error) ? error : stepFailed(error);
  if (known.details['step'] === step && known.details['pipeline'] === pipeline) return known;
  if (known.code === 'canceled') return known;
  return new CairnError(known.code, `Step '${step}' of pipeline '${pipeline}': ${known.message}`, {
    cause: error,
    details: { ...known.details, pipeline, step },
  });
}

/** Data of a kind that cannot become a checkpoint. */
export function unsupportedData(name: string, what: string): CairnError {
  return new CairnError(
    'unsupported_data',
    `Checkpoint '${name}' was given ${what}; it takes an Arrow Table, rows (an array of objects), Arrow IPC bytes or a query`,
    { details: { name } },
  );
}

/** A stored file is of a newer format than this version of Cairn knows. */
export function unsupportedFormat(what: string, version: unknown): CairnError {
  return new CairnError(
    'unsupported_format',
    `${what} has format version ${String(version)}: use a newer Cairn`,
    { details: { version } },
  );
}
