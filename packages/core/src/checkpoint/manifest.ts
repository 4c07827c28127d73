import { checkpointDamaged, unsupportedFormat } from '../errors/run-errors.ts';
import { canonicalJson } from '../pipeline/canonical.ts';
import type { Json } from '../pipeline/json.ts';
import type { Column } from '../pipeline/table.ts';
import type { Receipt } from '../pipeline/connector.ts';
import type { RememberedCheck } from './check-result.ts';
import { hashText } from './sha256.ts';

/** The version of the manifest's format that this code writes, and the newest that it reads. */
export const manifestVersion = 1;

/** A stored slice of a table: the object `objects/<sha256>`, a complete Arrow IPC stream. */
export interface ManifestPart {
  readonly sha256: string;
  readonly rows: number;
  readonly bytes: number;
}

/** What a step's output depends on, by component; its hash is the fingerprint. */
export type Components = { readonly [component: string]: Json };

/**
 * What a stored checkpoint is. Canonical JSON (RFC 8785); docs/formats.md has every field. A sink and an effect have
 * a `receipt` instead of a content hash, columns and parts.
 */
export interface Manifest {
  readonly formatVersion: 1;
  readonly pipeline: string;
  readonly step: string;
  readonly scope: 'cache' | 'correlation' | 'run';
  readonly fingerprint: string;
  readonly components: Components;
  /** SHA-256 over the canonical columns and the ordered hashes of the parts. */
  readonly contentHash?: string | undefined;
  /** True for a table that a volatile function had a hand in: it is reused within its task only. */
  readonly volatile: boolean;
  readonly columns: readonly Column[];
  readonly rows: number;
  readonly bytes: number;
  readonly parts: readonly ManifestPart[];
  readonly receipt?: Receipt | undefined;
  /** What the step's code gave `ctx.setResult`, or what an effect returned. */
  readonly result?: Json | undefined;
  /** The checks that the table was judged by when it was committed, but for those that could not be evaluated. */
  readonly checks?: readonly RememberedCheck[] | undefined;
  readonly engine: { readonly name: string; readonly version: string };
  readonly runId: string;
  readonly correlationId: string | null;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

/** The content hash of a table: SHA-256 over the canonical JSON of its columns and its parts' hashes. */
export function contentHash(columns: readonly Column[], parts: readonly ManifestPart[]): string {
  return hashText(
    canonicalJson({
      columns: columns.map(({ name, type, nullable }) => ({ name, type, nullable })),
      parts: parts.map((part) => part.sha256),
    }),
  );
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isHash = (value: unknown): value is string => isText(value) && /^[0-9a-f]{64}$/.test(value);

/**
 * Checks that a value read from a store is a manifest.
 *
 * @throws CairnError `unsupported_format` for a newer version, `checkpoint_damaged` for anything else
 */
export function asManifest(value: unknown, step: string): Manifest {
  const manifest = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const version = manifest['formatVersion'];
  if (isCount(version) && version > manifestVersion)
    throw unsupportedFormat(`The checkpoint of step '${step}'`, version);
  const columns = manifest['columns'];
  const parts = manifest['parts'];
  const whole =
    version === manifestVersion &&
    isText(manifest['pipeline']) &&
    isText(manifest['step']) &&
    isHash(manifest['fingerprint']) &&
    (manifest['contentHash'] === undefined
      ? manifest['receipt'] !== undefined
      : isHash(manifest['contentHash'])) &&
    isCount(manifest['rows']) &&
    isCount(manifest['bytes']) &&
    (manifest['checks'] === undefined || Array.isArray(manifest['checks'])) &&
    Array.isArray(columns) &&
    columns.every((column: Partial<Column>) => isText(column?.name) && isText(column?.type)) &&
    Array.isArray(parts) &&
    parts.every(
      (part: Partial<ManifestPart>) => isHash(part?.sha256) && isCount(part?.rows) && isCount(part?.bytes),
    );
  if (!whole) throw checkpointDamaged(step, 'its manifest is not one', {});
  return value as Manifest;
}
