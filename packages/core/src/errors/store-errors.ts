import { CairnError } from './cairn-error.ts';

/** The store, engine or runner was closed and is asked for more. `what` begins the sentence: `The runner`. */
export function alreadyClosed(what: string): CairnError {
  return new CairnError('already_closed', `${what} is closed: make a new one to go on`, {
    details: { what },
  });
}

/** An id or a key that no store takes. `what` names its role: `correlationId`, `key`. */
export function invalidId(what: string, value: unknown, why: string): CairnError {
  const text = JSON.stringify(value) ?? String(value);
  const shown = text.length > 80 ? `${text.slice(0, 80)}...` : text;
  return new CairnError('invalid_id', `${what} ${shown} is not valid: ${why}`, { details: { what, value } });
}

/** A log holds a damaged record before its last one, or a record that makes no sense. */
export function journalDamaged(key: string, what: string, cause?: unknown, offset?: number): CairnError {
  const details = offset === undefined ? { key } : { key, offset };
  return new CairnError('journal_damaged', `The log '${key}' is damaged: ${what}`, { cause, details });
}

/** The lease under which a write was asked for is not held any more; nothing was written. */
export function leaseLost(prefix: string, why: string): CairnError {
  return new CairnError('lease_lost', `The lease on '${prefix}' is no longer held: ${why}`, {
    details: { prefix },
  });
}

/** The host's quota is used up; nothing was written, and what stood there before still stands. Bytes. */
export function quotaExceeded(
  key: string,
  where: string,
  { usage, quota }: { readonly usage?: number | undefined; readonly quota?: number | undefined },
  cause: unknown,
): CairnError {
  const used = usage === undefined ? '' : `, ${usage} of ${quota ?? 'an unknown number of'} bytes are used`;
  return new CairnError('quota_exceeded', `Cannot write '${key}' in ${where}: its quota is used up${used}`, {
    cause,
    details: { key, where, usage, quota },
  });
}

/** The host gives this program no storage at all. */
export function storageRefused(where: string, why: string, cause?: unknown): CairnError {
  return new CairnError(
    'storage_refused',
    `Cannot open ${where}: ${why}. To go on without keeping anything, give the runner a memoryStore()`,
    { cause, details: { where } },
  );
}

/** What lies beneath a store failed. `operation` is a verb: `write`, `read`, `lock`; `where` names the store. */
export function storeFailed(operation: string, key: string, where: string, cause: unknown): CairnError {
  const code = (cause as { readonly code?: unknown } | undefined)?.code;
  const message = cause instanceof Error ? cause.message : String(cause);
  const why = code === 'ENOSPC' || code === 'EDQUOT' ? `there is no space left (${message})` : message;
  return new CairnError('store_failed', `Cannot ${operation} '${key}' in ${where}: ${why}`, {
    cause,
    details: { operation, key, where, ...(typeof code === 'string' ? { systemCode: code } : {}) },
  });
}

/** Somebody else holds the lease. */
export function taskBound(
  prefix: string,
  holder: { readonly name: string; readonly since: Date },
): CairnError {
  return new CairnError(
    'task_bound',
    `'${prefix}' is held by ${holder.name} since ${holder.since.toISOString()}: wait for it, or end it`,
    { details: { prefix, holder: holder.name, since: holder.since } },
  );
}
