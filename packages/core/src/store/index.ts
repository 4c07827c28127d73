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
export { hex } from '../pipeline/params.ts';
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
  objectsPrefix,
  recordKey,
  runJournalKey,
  runPrefix,
  taskJournalKey,
  taskPrefix,
} from './keys.ts';
export { beginsAsLog, encodeFence, encodeRecord, readLog, type LogContents } from './log-frame.ts';
export { isPacked, packedHeaderBytes, packObject, unpackedLength, unpackObject } from './packed-object.ts';
export { loadPacker, type Packer } from './packer.ts';
export {
  isLargeObject,
  packingHere,
  packingThere,
  type BeingPacked,
  type Packing,
  type PackingPlatform,
} from './packing.ts';
export {
  answerPacking,
  askPacking,
  type PackingAnswer,
  type PackingRequest,
  type PackingThread,
} from './packing-thread.ts';
export type {
  AcquireOptions,
  AppendOptions,
  DeleteOptions,
  HashedObject,
  HashedObjects,
  Lease,
  LeaseHolder,
  LeaseInfo,
  ObjectBeingPut,
  ObjectStore,
  PutObjectOptions,
  PutOptions,
  StoredObject,
} from './object-store.ts';
