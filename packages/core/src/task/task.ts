import { alreadyClosed } from '../errors/store-errors.ts';
import { alreadyBound, invalidState, notBound, notCancelable } from '../errors/task-errors.ts';
import { canonicalJson } from '../pipeline/canonical.ts';
import type { Json } from '../pipeline/json.ts';
import type { Logger } from '../events/logger.ts';
import type { LeaseInfo, ObjectStore } from '../store/object-store.ts';
import { openBinding, readStages, type Binding, type LastRunFound, type TaskIdentity } from './binding.ts';
import { checkDumpOptions, dumpStages, type DumpOptions } from './dump-stages.ts';
import type { TaskCatalog } from './catalog.ts';
import type { StageState, StageStatus } from './stage.ts';
import { contradiction } from './stage-states.ts';
import type { CheckedTaskOptions } from './task-options.ts';

/**
 * A pipeline with params, bound to a correlation id: the durable thing that is resumed. While it is bound nobody else
 * works on it. `Result` is what an execution comes to, `Options` what it is told.
 */
export interface Task<Result, Options> {
  readonly pipeline: string;
  readonly correlationId: string | null;
  readonly isBound: boolean;
  /**
   * What the steps add up to; `unbound` when the task is not bound.
   *
   * @throws CairnError `invalid_state` when a step is at work although what it needs is not complete
   */
  readonly status: StageStatus;
  /** The result of the step that was completed last; null when none is. @throws CairnError `not_bound` */
  readonly result: Json;
  /** How often code of steps was begun, in all runs. @throws CairnError `not_bound` */
  readonly cumulativeAttempts: number;
  /** Every process and every step, processes before their steps. @throws CairnError `not_bound` */
  readonly stages: ReadonlyMap<string, StageState>;
  /** Binds it again after `unbind`. @throws CairnError `already_bound`, `task_bound`, `journal_damaged` */
  bind(): Promise<void>;
  /**
   * Runs the pipeline, reusing what holds.
   *
   * @throws CairnError what `runner.run` does, and `not_bound`, `unknown_stage_state` with `strictRecovery`,
   *   `invalid_state` while another execution is under way
   */
  execute(options?: Options): Promise<Result>;
  /**
   * Ends an execution that is under way, and makes every stage that is not done `canceled`. Resolves when that is so.
   *
   * @throws CairnError `not_bound`, and `not_cancelable` when the task is complete or has failed
   */
  cancel(reason?: unknown): Promise<void>;
  /**
   * Gives the task back, after cancelling an execution that is under way.
   *
   * @param options `clean: true` forgets the task: its stage states, its runs and which checkpoints it has.
   * @throws CairnError `not_bound`
   */
  unbind(options?: { readonly clean?: boolean }): Promise<void>;
  /** Says whether what this process knows of the stages is what stands in the store. @throws CairnError `not_bound` */
  checkSync(): Promise<boolean>;
  /** The stages in Markdown. @throws CairnError `invalid_argument`, and `not_bound` for what only memory knows */
  dumpStages(options?: DumpOptions): Promise<string>;
  /** Tells the logger what `dumpStages` gives. */
  logStages(options?: DumpOptions): Promise<void>;
  /** Who has the task bound, here or elsewhere; undefined when nobody does. Also when this one is not bound. */
  lockInfo(): Promise<LeaseInfo | undefined>;
  /** Gives the task back when it is bound. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** What a task needs of its runner. */
export interface TaskParts<Result, Options> {
  readonly store: ObjectStore;
  readonly catalog: TaskCatalog;
  readonly logger: Logger;
  readonly now: () => number;
  /** Runs the pipeline once. The signal is the task's own, to cancel with. */
  execute(binding: Binding, options: Options | undefined, signal: AbortSignal): Promise<Result>;
  /** Is told of the last run whenever the task is bound; must not throw. */
  readonly found?: LastRunFound | undefined;
  bound(task: OwnedTask<Result, Options>): void;
  unbound(task: OwnedTask<Result, Options>): void;
  /** Makes every stage canceled that is not done, while nothing runs. */
  cancelStages(binding: Binding, reason: unknown): Promise<void>;
}

/** A task, and what only its runner may do with it. */
export interface OwnedTask<Result, Options> extends Task<Result, Options> {
  /** Gives it back for good: whoever has it finds it closed. */
  close(): Promise<void>;
}

/** Binds a task. @throws CairnError `task_bound`, `canceled`, `journal_damaged`, `unsupported_format` */
export async function bindTask<Result, Options>(
  parts: TaskParts<Result, Options>,
  identity: TaskIdentity,
  options: CheckedTaskOptions,
): Promise<OwnedTask<Result, Options>> {
  const { store, logger, now } = parts;
  const { plan, label, correlationId } = identity;
  let binding: Binding | undefined = await openBinding(store, now, identity, options, parts.found);
  let opening: Promise<void> | undefined;
  let running: { readonly stop: AbortController; readonly ended: Promise<unknown> } | undefined;
  let wasCanceled = false;
  let closed = false;

  const bound = (what: string): Binding => {
    if (binding === undefined) throw notBound(label, what);
    return binding;
  };
  const end = async (reason: unknown): Promise<void> => {
    running?.stop.abort(reason);
    await running?.ended;
  };
  const forget = async ({ lease, journalKey }: Binding): Promise<void> => {
    if (correlationId !== null)
      await parts.catalog.cleaned(correlationId, plan.pipeline).catch((error: unknown) => {
        logger.warn({ err: error, task: label }, 'the catalogue was not told of a task that is forgotten');
      });
    await store.delete(journalKey, lease === undefined ? {} : { lease });
  };

  const unbind = async (clean: boolean): Promise<void> => {
    const held = bound('be unbound');
    await end('the task was unbound');
    if (binding === held) {
      binding = undefined;
      parts.unbound(self);
    }
    // What was interrupted is to be resumed.
    const isInterrupted = wasCanceled || held.stages.status === 'running';
    try {
      if (clean || (options.autoCleanup && !isInterrupted)) await forget(held);
    } finally {
      await held.lease?.release().catch((error: unknown) => {
        logger.error({ err: error, prefix: held.prefix }, 'lease not released');
      });
    }
  };
  const dump = async (where: string, given: DumpOptions): Promise<string> => {
    const checked = checkDumpOptions(where, given);
    const stages =
      checked.source === 'memory'
        ? bound('show what it knows of its stages').stages
        : await readStages(store, identity);
    return dumpStages(label, plan, stages, checked);
  };

  const self: OwnedTask<Result, Options> = {
    pipeline: plan.pipeline,
    correlationId,
    get isBound() {
      return binding !== undefined;
    },
    get status() {
      if (binding === undefined) return 'unbound';
      const wrong = contradiction(plan, binding.stages);
      if (wrong !== undefined) {
        const { step, needs, status } = wrong;
        throw invalidState(label, step, `is running, although '${needs}', which it needs, is ${status}`);
      }
      return binding.stages.status;
    },
    get result() {
      return bound('tell its result').stages.result;
    },
    get cumulativeAttempts() {
      return bound('count its attempts').stages.attempts;
    },
    get stages() {
      return bound('show its stages').stages.all();
    },
    async bind() {
      if (closed) throw alreadyClosed('The runner');
      if (binding !== undefined || opening !== undefined) throw alreadyBound(label);
      const again = { ...options, forceCreate: false };
      opening = openBinding(store, now, identity, again, parts.found).then((opened) => {
        binding = opened;
        wasCanceled = false;
        parts.bound(self);
      });
      try {
        await opening;
      } finally {
        opening = undefined;
      }
    },
    async execute(given) {
      const held = bound('be executed');
      if (running !== undefined) throw invalidState(label, plan.pipeline, 'is being executed already');
      const stop = new AbortController();
      const work = parts.execute(held, given, stop.signal);
      const ended = work.then(
        () => {
          wasCanceled = false;
        },
        (error: { readonly code?: unknown } | undefined) => {
          wasCanceled = error?.code === 'canceled';
        },
      );
      running = { stop, ended };
      try {
        return await work;
      } finally {
        await ended;
        running = undefined;
      }
    },
    async cancel(reason) {
      const held = bound('be cancelled');
      if (running !== undefined) return end(reason);
      const { status } = held.stages;
      if (status === 'complete' || status === 'error') throw notCancelable(label, status);
      await parts.cancelStages(held, reason);
      wasCanceled = true;
    },
    unbind: ({ clean = false } = {}) => unbind(clean),
    async checkSync() {
      const { stages } = bound('be compared with the store');
      const stored = await readStages(store, identity);
      return canonicalJson(stored.snapshot()) === canonicalJson(stages.snapshot());
    },
    dumpStages: (given = {}) => dump('dumpStages', given),
    async logStages(given = {}) {
      const markdown = await dump('logStages', given);
      logger.info({ pipeline: plan.pipeline, correlationId }, markdown);
    },
    lockInfo: () => store.leaseInfo(identity.prefix),
    async close() {
      closed = true;
      await opening?.catch(() => undefined);
      if (binding !== undefined) await unbind(false);
    },
    async [Symbol.asyncDispose]() {
      if (binding !== undefined) await unbind(false);
    },
  };
  parts.bound(self);
  return self;
}
