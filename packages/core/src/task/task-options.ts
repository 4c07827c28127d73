import { invalidTask } from '../errors/task-errors.ts';
import { describe, invalidArgument } from '../errors/pipeline-errors.ts';
import { checkKeys, isAmount } from '../pipeline/check.ts';
import { noRetry, retryPolicy, type RetryPolicy } from '../pipeline/retry.ts';
import type { Plan } from '../pipeline/plan.ts';
import { checkId } from '../store/keys.ts';

/** What a task is bound with. */
export interface TaskOptions {
  /**
   * Names the task, so that whoever binds it next goes on with it. Null: nobody will.
   *
   * @default a stable id made of the pipeline's name and its params
   */
  readonly correlationId?: string | null | undefined;
  /** How long to wait for whoever has it bound, in milliseconds; Infinity waits for ever. @default not at all */
  readonly bindLockTimeoutMs?: number | undefined;
  /** Ends the wait. */
  readonly signal?: AbortSignal | undefined;
  /** Whether steps without a policy of their own are tried again within a run. @default 'none' */
  readonly retryPolicy?: 'none' | 'retry' | undefined;
  /** Attempts in all for such a step in one run; more than one needs `retryPolicy: 'retry'`. @default 1 */
  readonly maxAttempts?: number | undefined;
  /** Forget the task when it is unbound, also when it has failed; never when it was cancelled. @default false */
  readonly autoCleanup?: boolean | undefined;
  /** Bind without a lease: whoever does must see to it that nobody else works on the task. @default false */
  readonly noLock?: boolean | undefined;
  /** The task is new: what stands under its id is forgotten, unless somebody has it bound. @default false */
  readonly forceCreate?: boolean | undefined;
  /** @default 'default' */
  readonly queue?: string | undefined;
  /** Words to find the task by. @default none */
  readonly tags?: readonly string[] | undefined;
  /** What the task is for, in words. @default '' */
  readonly description?: string | undefined;
}

/** {@link TaskOptions}, checked and with defaults. */
export interface CheckedTaskOptions {
  readonly correlationId: string | null | undefined;
  readonly bindLockTimeoutMs: number;
  readonly signal: AbortSignal | undefined;
  readonly retry: RetryPolicy;
  readonly autoCleanup: boolean;
  readonly noLock: boolean;
  readonly forceCreate: boolean;
  readonly queue: string;
  readonly tags: readonly string[];
  readonly description: string;
}

const known = [
  'correlationId',
  'bindLockTimeoutMs',
  'signal',
  'retryPolicy',
  'maxAttempts',
  'autoCleanup',
  'noLock',
  'forceCreate',
  'queue',
  'tags',
  'description',
];

/** @throws CairnError `invalid_task`, `invalid_argument`, `invalid_id` */
export function checkTaskOptions(plan: Plan, options: TaskOptions): CheckedTaskOptions {
  checkKeys('bind', options, known, 'option');
  const {
    correlationId,
    bindLockTimeoutMs = 0,
    signal,
    retryPolicy: policy = 'none',
    maxAttempts = 1,
    autoCleanup = false,
    noLock = false,
    forceCreate = false,
    queue = 'default',
    tags = [],
    description = '',
  } = options;
  const refuse = (why: string): Error => invalidTask(plan.pipeline, why);
  const check = (option: string, holds: boolean, expected: string, value: unknown): void => {
    if (!holds) throw invalidArgument('bind', `${option} must be ${expected}, not ${describe(value)}`);
  };
  if (plan.steps.length === 0) throw refuse('it has no stages');
  if (correlationId !== undefined && correlationId !== null) checkId(correlationId, 'correlationId');
  check('retryPolicy', policy === 'none' || policy === 'retry', "'none' or 'retry'", policy);
  if (!Number.isSafeInteger(maxAttempts) || maxAttempts < 1)
    throw refuse(`maxAttempts must be a whole number from 1 on, not ${describe(maxAttempts)}`);
  if (policy === 'none' && maxAttempts !== 1)
    throw refuse(`maxAttempts ${maxAttempts} needs retryPolicy 'retry'`);
  check(
    'bindLockTimeoutMs',
    isAmount(bindLockTimeoutMs),
    'a number of milliseconds from 0 on',
    bindLockTimeoutMs,
  );
  for (const [option, value] of Object.entries({ autoCleanup, noLock, forceCreate }))
    check(option, typeof value === 'boolean', 'true or false', value);
  check('queue', typeof queue === 'string' && queue !== '', 'a text that is not empty', queue);
  check('description', typeof description === 'string', 'a text', description);
  check(
    'tags',
    Array.isArray(tags) && tags.every((tag) => typeof tag === 'string' && tag !== ''),
    'a list of words',
    tags,
  );
  const retry =
    policy === 'none' ? noRetry : retryPolicy('bind', { maxAttempts, initialDelayMs: 0, jitter: 0 });
  return {
    correlationId,
    bindLockTimeoutMs,
    signal,
    retry,
    autoCleanup,
    noLock,
    forceCreate,
    queue,
    tags,
    description,
  };
}
