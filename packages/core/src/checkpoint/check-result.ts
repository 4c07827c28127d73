import type { CheckMetrics, CheckSeverity, CheckStatus } from '../pipeline/table-check.ts';
import type { Column } from '../pipeline/table.ts';
import type { ManifestPart } from './manifest.ts';

/** Rows that failed a check, kept as a table of their own. Plain JSON. */
export interface KeptRows {
  readonly columns: readonly Column[];
  readonly rows: number;
  readonly bytes: number;
  readonly parts: readonly ManifestPart[];
}

/** What came of one evaluation of a check. Plain JSON. */
export interface CheckResult {
  readonly check: string;
  readonly checkType: string;
  readonly severity: CheckSeverity;
  readonly status: CheckStatus;
  /** Tells a check from one that was changed: SHA-256 of its type, name, version, options, and of what it reads besides. */
  readonly digest: string;
  /** Of the table. */
  readonly rows: number;
  /** How many rows fail; null where the check does not count rows, or could not be evaluated. */
  readonly failing: number | null;
  readonly message: string;
  readonly metrics: CheckMetrics | null;
  /** The first of the rows that fail; null when none were kept. */
  readonly failingRows: KeptRows | null;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** With what checks share, which is counted for each. */
  readonly durationMs: number;
}

/** What a manifest remembers of a check of its table, so that it need not be read again. */
export interface RememberedCheck {
  readonly digest: string;
  readonly status: Exclude<CheckStatus, 'errored'>;
  readonly failing?: number | undefined;
  readonly message?: string | undefined;
  /** Kept where the check can tell by them whether the table still passes. */
  readonly metrics?: CheckMetrics | undefined;
}

/** All checks of a step were evaluated on one table. */
export interface CheckedRecord {
  readonly type: 'checked';
  readonly step: string;
  readonly runId: string;
  readonly attempt: number;
  /** The content hash of the stored table that was read; absent for one that was not stored yet. */
  readonly contentHash?: string | undefined;
  readonly results: readonly CheckResult[];
  readonly at: string;
}

/** Says whether a step may go on with its table. */
export function letsPass(results: readonly Pick<CheckResult, 'severity' | 'status'>[]): boolean {
  return results.every(({ severity, status }) => status === 'passed' || severity === 'warn');
}
