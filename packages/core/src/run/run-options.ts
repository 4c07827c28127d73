import { describe, invalidArgument, unknownStep } from '../errors/pipeline-errors.ts';
import type { CairnEvent } from '../events/event.ts';
import type { Plan } from '../pipeline/plan.ts';
import { checkCount, checkKeys } from '../pipeline/check.ts';
import { checkId } from '../store/keys.ts';
import { includedSteps } from './included-steps.ts';

/**
 * How a run uses what earlier runs have left under fingerprints (scope `cache`):
 *
 * - `on`: it reuses, and leaves what it makes.
 * - `read-only`: it reuses, and leaves nothing to others.
 * - `refresh`: it makes everything anew, and leaves it.
 * - `off`: it makes everything anew, and leaves nothing to others.
 *
 * A run that did not succeed is gone on with all the same: what the task has made since its last success counts.
 */
export type CacheUse = 'on' | 'read-only' | 'refresh' | 'off';

const cacheUses: readonly string[] = ['on', 'read-only', 'refresh', 'off'];

/** What one execution of a bound task is told. */
export interface ExecuteOptions<Stages extends string = string> {
  /** @default a fresh UUID v7 */
  readonly runId?: string;
  /** @default 1 + the task's runs since it last succeeded */
  readonly attempt?: number;
  /** Whether the caller would try again after a failure; decides when scope `correlation` is cleaned. @default true */
  readonly lastAttempt?: boolean;
  /** Cancels the run: running steps stop, nothing is cleaned, a later run resumes. */
  readonly signal?: AbortSignal;
  /** Stop everything at the first failed step, instead of going on with what does not depend on it. @default false */
  readonly failFast?: boolean;
  /**
   * Steps, or processes for all their steps, that the run is about; no other code runs. What they read must be included
   * too, or stand in a checkpoint that holds. Nothing is cleaned, and the task is complete only when all its stages are.
   *
   * @default all
   */
  readonly include?: readonly Stages[] | undefined;
  /** Steps to run although their checkpoints hold. */
  readonly force?: readonly Stages[];
  /** @default 'on' */
  readonly cache?: CacheUse;
  /** Refuse to begin again a step that was at work when a run was killed. @default false */
  readonly strictRecovery?: boolean;
  /** Told what happens in this run; may throw without harm. */
  readonly onEvent?: (event: CairnEvent) => void | Promise<void>;
}

/** What one run of a pipeline is told besides its params. */
export interface RunOptions<Stages extends string = string> extends ExecuteOptions<Stages> {
  /**
   * Names the task, so that the next run with it resumes. Null turns resuming off.
   *
   * @default a stable id made of the pipeline's name and its params
   */
  readonly correlationId?: string | null;
}

/** What `runner.plan` is told besides the params: as `run` is. */
export type PlanOptions<Stages extends string = string> = Pick<
  RunOptions<Stages>,
  'correlationId' | 'include' | 'force' | 'cache'
>;

/** @throws CairnError `invalid_argument` */
export function checkPlanOptions(options: PlanOptions): PlanOptions {
  checkKeys('plan', options, ['correlationId', 'include', 'force', 'cache'], 'option');
  return options;
}

/** {@link ExecuteOptions}, checked and with defaults. */
export interface CheckedExecuteOptions {
  readonly runId: string | undefined;
  readonly attempt: number | undefined;
  readonly lastAttempt: boolean;
  readonly signal: AbortSignal | undefined;
  readonly failFast: boolean;
  /** Names of steps; undefined for all. */
  readonly include: ReadonlySet<string> | undefined;
  readonly force: readonly string[];
  readonly cache: CacheUse;
  readonly strictRecovery: boolean;
  readonly onEvent: ExecuteOptions['onEvent'];
}

const known = [
  'runId',
  'attempt',
  'lastAttempt',
  'signal',
  'failFast',
  'include',
  'force',
  'cache',
  'strictRecovery',
  'onEvent',
];

/** @throws CairnError `invalid_argument`, `invalid_id`, `invalid_stage`, `unknown_step` */
export function checkRunOptions(
  options: RunOptions,
  plan: Plan,
): { readonly correlationId: string | null | undefined; readonly execution: ExecuteOptions } {
  checkKeys('run', options, ['correlationId', ...known], 'option');
  const { correlationId, ...execution } = options;
  if (correlationId !== undefined && correlationId !== null) checkId(correlationId, 'correlationId');
  checkExecuteOptions(execution, plan);
  return { correlationId, execution };
}

/** @throws CairnError `invalid_argument`, `invalid_id`, `invalid_stage`, `unknown_step` */
export function checkExecuteOptions(options: ExecuteOptions, plan: Plan): CheckedExecuteOptions {
  checkKeys('run', options, known, 'option');
  const {
    runId,
    attempt,
    lastAttempt = true,
    signal,
    failFast = false,
    include,
    force = [],
    cache = 'on',
    strictRecovery = false,
    onEvent,
  } = options;
  if (runId !== undefined) checkId(runId, 'runId');
  if (attempt !== undefined) checkCount('run', 'attempt', attempt, 1);
  if (onEvent !== undefined && typeof onEvent !== 'function')
    throw invalidArgument('run', 'onEvent must be a function');
  const steps = plan.steps.map((step) => step.name);
  if (!cacheUses.includes(cache))
    throw invalidArgument(
      'run',
      `cache must be ${cacheUses.map((use) => `'${use}'`).join(', ')}, not ${describe(cache)}`,
    );
  if (!Array.isArray(force)) throw invalidArgument('run', `force must be a list of steps`);
  for (const name of force) if (!steps.includes(name)) throw unknownStep(name, steps);
  const included = includedSteps(plan, include);
  const excluded = force.find((name) => included?.has(name) === false);
  if (excluded !== undefined)
    throw invalidArgument('run', `force names '${excluded}', which include leaves out`);
  return {
    runId,
    attempt,
    lastAttempt,
    signal,
    failFast,
    include: included,
    force,
    cache,
    strictRecovery,
    onEvent,
  };
}
