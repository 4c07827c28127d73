import { invalidId } from '../errors/store-errors.ts';

const namePattern = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/;
const hashPattern = /^[0-9a-f]{64}$/;
const maxId = 128;
const maxSegment = 140;
const maxKey = 1024;

/**
 * Returns an id that may become a segment of a key: 1 to 128 letters, digits, `_`, `.` or `-`, the first one no `.`
 * or `-`.
 *
 * @param what The id's role, for the message: `correlationId`.
 * @throws CairnError `invalid_id`
 */
export function checkId(id: string, what: string): string {
  return checkSegment(id, maxId, what, id);
}

/**
 * Returns a key that every store takes: segments joined by `/`, each like an id but of up to 140 characters, and 1,024
 * in all. No key may be the folder of another one: `a` and `a/b` exclude each other.
 *
 * @throws CairnError `invalid_id`
 */
export function checkKey(key: string, what = 'key'): string {
  if (typeof key !== 'string' || key === '')
    throw invalidId(what, key, 'it must be a text that is not empty');
  if (key.length > maxKey) throw invalidId(what, key, `it is longer than ${maxKey} characters`);
  for (const segment of key.split('/')) checkSegment(segment, maxSegment, what, key);
  return key;
}

/**
 * Returns a prefix of keys: the empty one, a key, the beginning of a key, or one of these that ends in `/`.
 *
 * @throws CairnError `invalid_id`
 */
export function checkPrefix(prefix: string): string {
  if (prefix !== '') checkKey(typeof prefix === 'string' ? prefix.replace(/\/$/, '') : prefix, 'prefix');
  return prefix;
}

function checkSegment(segment: string, max: number, what: string, whole: string): string {
  if (typeof segment !== 'string') throw invalidId(what, whole, 'it must be a text');
  if (segment === '')
    throw invalidId(what, whole, segment === whole ? 'it is empty' : 'it has an empty segment');
  if (segment.length > max) throw invalidId(what, whole, `it has more than ${max} characters`);
  if (!namePattern.test(segment)) {
    throw invalidId(
      what,
      whole,
      "it may hold letters, digits, '_', '.' and '-', and must not begin with '.' or '-'",
    );
  }
  return segment;
}

function checkHash(hash: string, what: string): string {
  if (!hashPattern.test(hash)) throw invalidId(what, hash, 'it must be a SHA-256 in lower-case hex');
  return hash;
}

/** Below it stand the parts of tables. */
export const objectsPrefix = 'objects/';

/** Below it stand the manifests of scope cache. */
export const cachePrefix = 'cache/';

/** Where a part stands, by its SHA-256. @throws CairnError `invalid_id` */
export function objectKey(sha256: string): string {
  return `objects/${checkHash(sha256, 'sha256')}`;
}

/** Where the manifest of scope cache of a fingerprint stands. @throws CairnError `invalid_id` */
export function cacheKey(fingerprint: string): string {
  return `cache/${checkHash(fingerprint, 'fingerprint')}.json`;
}

/** Where the remembered hash of a local file stands, by the SHA-256 of its path. @throws CairnError `invalid_id` */
export function identityKey(sha256: string): string {
  return `identities/${checkHash(sha256, 'sha256')}.json`;
}

/** Below it stands all that belongs to a correlation id; ends in `/`. @throws CairnError `invalid_id` */
export function correlationPrefix(correlationId: string): string {
  return `correlations/${checkId(correlationId, 'correlationId')}/`;
}

/** Below it stands all that belongs to a task; what its lease covers. Ends in `/`. @throws CairnError `invalid_id` */
export function taskPrefix(correlationId: string, pipeline: string): string {
  return `${correlationPrefix(correlationId)}${checkId(pipeline, 'pipeline')}/`;
}

/** The task's log. @throws CairnError `invalid_id` */
export function taskJournalKey(correlationId: string, pipeline: string): string {
  return `${taskPrefix(correlationId, pipeline)}journal`;
}

/** Below it stands all that belongs to one run alone; ends in `/`. @throws CairnError `invalid_id` */
export function runPrefix(runId: string): string {
  return `runs/${checkId(runId, 'runId')}/`;
}

/** The log of a task without a correlation id, and of scope run. @throws CairnError `invalid_id` */
export function runJournalKey(runId: string): string {
  return `${runPrefix(runId)}journal`;
}

/** What a key is the log of, and what the lease is on that covers it; undefined for a key that is no log's. */
export function journalOf(
  key: string,
): { readonly prefix: string; readonly correlationId?: string; readonly runId?: string } | undefined {
  const prefix = key.slice(0, -'journal'.length);
  const [area, id = '', next, last] = key.split('/');
  if (area === 'runs' && next === 'journal' && last === undefined) return { prefix, runId: id };
  if (area === 'correlations' && last === 'journal') return { prefix, correlationId: id };
  return undefined;
}

/** Below it stands the catalogue of tasks; ends in `/`. */
export const catalogPrefix = 'catalog/';

/** Where the catalogue's entry of a task stands. @throws CairnError `invalid_id` */
export function catalogKey(correlationId: string, pipeline: string): string {
  return `${catalogPrefix}${checkId(correlationId, 'correlationId')}/${checkId(pipeline, 'pipeline')}.json`;
}

/** What a collector's lease covers. */
export const gcPrefix = 'gc/';

/** The log of what collectors have removed. */
export const gcJournalKey = 'gc/journal';

/** Where the record of a run stands in a table of records. @throws CairnError `invalid_id` */
export function recordKey(table: string, runId: string): string {
  return `records/${checkId(table, 'table')}/${checkId(runId, 'runId')}.json`;
}
