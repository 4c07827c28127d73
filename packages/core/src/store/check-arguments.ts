import { invalidArgument } from '../errors/pipeline-errors.ts';
import type { Lease } from './object-store.ts';

/** Refuses a value or a record that is no Uint8Array. @throws CairnError `invalid_argument` */
export function checkBytes(operation: 'put' | 'append', key: string, value: unknown): void {
  if (value instanceof Uint8Array) return;
  throw invalidArgument(operation, `the bytes for '${key}' must be a Uint8Array, not ${typeof value}`);
}

/** Refuses a time to wait that is no number from 0 to Infinity. @throws CairnError `invalid_argument` */
export function checkTimeout(timeoutMs: number): void {
  if (timeoutMs >= 0) return;
  throw invalidArgument(
    'acquire',
    `timeoutMs must be a number of milliseconds from 0 on, not ${String(timeoutMs)}`,
  );
}

/** Refuses a key that a lease says nothing about. @throws CairnError `invalid_argument` */
export function checkCovered(key: string, lease: Lease): void {
  const folder = leaseFolder(lease.prefix);
  if (folder === '' || key === folder || key.startsWith(`${folder}/`)) return;
  throw invalidArgument('lease', `'${key}' is not below '${lease.prefix}', which the lease is for`);
}

/** What leases exclude each other by: their prefix without its last `/`. */
export function leaseFolder(prefix: string): string {
  return prefix.endsWith('/') ? prefix.slice(0, -1) : prefix;
}
