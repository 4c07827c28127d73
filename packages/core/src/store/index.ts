export { isCairnError } from '../errors/cairn-error.ts';
export {
  alreadyClosed,
  invalidId,
  journalDamaged,
  leaseLost,
  quotaExceeded,
  storageRefused,
  storeFailed,
  taskBound,
} from '../errors/store-errors.ts';
export { canceled, insecureContext } from '../errors/run-errors.ts';
export { checkBytes, checkCovered, checkTimeout, leaseFolder } from './check-arguments.ts';
export {
  cacheKey,
  checkId,
  checkKey,
  checkPrefix,
  correlationPrefix,
  identityKey,
  objectKey,
  recordKey,
  runJournalKey,
  runPrefix,
  taskJournalKey,
  taskPrefix,
} from './keys.ts';
export { beginsAsLog, encodeFence, encodeRecord, readLog, type LogContents } from './log-frame.ts';
export type {
  AcquireOptions,
  AppendOptions,
  DeleteOptions,
  Lease,
  LeaseHolder,
  LeaseInfo,
  ObjectStore,
  PutOptions,
  StoredObject,
} from './object-store.ts';
