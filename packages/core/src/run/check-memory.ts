import type { CheckResult, RememberedCheck } from '../checkpoint/check-result.ts';
import type { Manifest } from '../checkpoint/manifest.ts';
import { hashText } from '../checkpoint/sha256.ts';
import { canonicalJson } from '../pipeline/canonical.ts';
import type { PlannedCheck } from '../pipeline/plan-checks.ts';
import type { PlannedStep } from '../pipeline/plan.ts';
import { tell, type Session } from './session.ts';

/** Tells a check from one that was changed, or that reads something else now. */
export function checkDigest({ states }: Session, { described, inputs }: PlannedCheck): string {
  const read = Object.fromEntries(inputs.map((name) => [name, states.get(name)?.key ?? null] as const));
  return hashText(canonicalJson({ format: 1, check: described, inputs: read }));
}

/** What a table's manifest is to remember of a check; nothing of one that could not be evaluated. */
export function remembered(result: CheckResult, { check }: PlannedCheck): readonly RememberedCheck[] {
  const { digest, status, failing, message, metrics } = result;
  if (status === 'errored') return [];
  const holds = check.holds === undefined || metrics === null ? {} : { metrics };
  if (status === 'passed') return [{ digest, status, ...holds }];
  return [{ digest, status, message, ...(failing === null ? {} : { failing }) }];
}

/** What is known of a stored table and of the step's checks as they are now. */
export interface KnownChecks {
  /** Names of the checks that it must be judged by yet. */
  readonly due: readonly string[];
  /** The checks of severity `warn` that it is known to fail. */
  readonly warned: readonly { readonly check: PlannedCheck; readonly known: RememberedCheck }[];
}

/** Goes by what the manifest remembers, and by what the task's log says of a table of this content. */
export function knownChecks(session: Session, step: PlannedStep, manifest: Manifest): KnownChecks {
  const known = new Map<string, RememberedCheck>();
  const passed = session.journal.checks.get(step.name)?.passed;
  const ofLog = passed?.contentHash === manifest.contentHash ? passed?.results : undefined;
  for (const one of manifest.checks ?? []) known.set(one.digest, one);
  for (const result of ofLog ?? []) {
    const check = step.checks.find(({ name }) => name === result.check);
    if (check !== undefined) for (const one of remembered(result, check)) known.set(one.digest, one);
  }
  const due: string[] = [];
  const warned: { check: PlannedCheck; known: RememberedCheck }[] = [];
  for (const check of step.checks) {
    const one = known.get(checkDigest(session, check));
    if (one === undefined || (one.status === 'failed' && check.severity === 'error')) due.push(check.name);
    else if (one.status === 'failed') warned.push({ check, known: one });
    else if (one.metrics !== undefined && !holds(session, check, one)) due.push(check.name);
  }
  return { due, warned };
}

function holds(
  { parts }: Session,
  { check, options }: PlannedCheck,
  { metrics = {} }: RememberedCheck,
): boolean {
  return check.holds?.(metrics, { options, now: () => parts.now() }) !== false;
}

/** Tells how a check came out. */
export function tellCheck(session: Session, step: PlannedStep, result: CheckResult): void {
  const { digest: _digest, failingRows, startedAt, ...facts } = result;
  const evaluation = session.journal.lastChecks.filter((one) => one.step === step.name).length;
  tell(session, step, {
    type: 'check_result',
    ...facts,
    evaluation,
    failingRows: failingRows as unknown as { readonly rows: number } | null,
    startedAt: Date.parse(startedAt),
  });
}

/** Tells of a reused table what it is known to fail. */
export function tellWarned(session: Session, step: PlannedStep, { warned }: KnownChecks, rows: number): void {
  for (const { check, known } of warned)
    tell(session, step, {
      type: 'check_result',
      check: check.name,
      checkType: check.type,
      severity: check.severity,
      status: 'failed',
      evaluation: 0,
      rows,
      failing: known.failing ?? null,
      message: known.message ?? '',
      metrics: null,
      failingRows: null,
      startedAt: session.parts.now(),
      durationMs: 0,
    });
}
