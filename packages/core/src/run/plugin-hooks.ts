import { canceled } from '../errors/run-errors.ts';
import type { CairnError } from '../errors/cairn-error.ts';
import type { TableInfo } from '../engine/engine.ts';
import type { EndStatus } from '../events/event.ts';
import type { Logger } from '../events/logger.ts';
import type { Plan, PlannedStep } from '../pipeline/plan.ts';
import { planSql } from '../pipeline/plan-sql.ts';
import { tableOf, type Sql } from '../pipeline/sql.ts';
import type { HookEntry, HookSet } from '../plugin/hook-set.ts';
import type {
  CheckpointHookContext,
  RunHookContext,
  StepHookName,
  StepRunContext,
  TableHookContext,
} from '../plugin/hooks.ts';
import { stopOf } from './abortable.ts';
import { bindChunks } from './bind.ts';
import type { Made } from './commit.ts';
import { callFirst, callNested, callParallel, callSequential, type HookWatch } from './hook-calls.ts';
import type { Session } from './session.ts';

/** What a runner's plugins do in its runs. Each function resolves at once, or gives nothing, where no plugin has the hook. */
export interface RunHooks {
  /** @throws CairnError `plugin_failed`, `canceled` */
  planCompiled(plan: Plan, signal: AbortSignal, tools: HookTools): Promise<void> | undefined;
  /** @throws CairnError `plugin_failed` */
  runStart(session: Session): Promise<void> | undefined;
  /** Does the work of an attempt at a step with the hooks around it. @throws CairnError `plugin_failed` */
  execute(session: Session, step: PlannedStep, work: () => Promise<Made>): Promise<Made>;
  /** @throws CairnError `plugin_failed` when a plugin rejects the table */
  beforeCommit(session: Session, step: PlannedStep, info: TableInfo | undefined): Promise<void> | undefined;
  checkpointWritten(
    session: Session,
    step: PlannedStep,
    written: Pick<CheckpointHookContext, 'scope' | 'fingerprint' | 'contentHash' | 'rows' | 'bytes'>,
  ): Promise<void> | undefined;
  stepError(session: Session, step: PlannedStep, error: CairnError): Promise<void> | undefined;
  runEnd(
    session: Session,
    end: { readonly status: EndStatus; readonly durationMs: number; readonly error: CairnError | undefined },
  ): Promise<void> | undefined;
  /** @throws CairnError `plugin_failed` */
  resolveSecret(session: Session, name: string): Promise<string | undefined> | undefined;
}

/** What waits for a hook outside of a run. */
export interface HookTools {
  readonly logger: Logger;
  readonly sleep: HookWatch['sleep'];
}

/** Binds hooks to runs; undefined when there are none. */
export function runHooks(hooks: HookSet | undefined): RunHooks | undefined {
  if (hooks === undefined) return undefined;

  /** The handlers that are about a step; undefined when none is. */
  const about = <Name extends StepHookName>(
    entries: readonly HookEntry<Name>[] | undefined,
    step: PlannedStep,
  ): readonly HookEntry<Name>[] | undefined => {
    const matching = entries?.filter(({ matches }) => matches?.(step) !== false);
    return matching?.length === 0 ? undefined : matching;
  };

  return {
    planCompiled(plan, signal, { logger, sleep }) {
      const entries = hooks.planCompiled;
      if (entries === undefined) return undefined;
      const watch = {
        stop: stopOf(signal),
        sleep,
        warn: (message: string, details: object) => logger.warn({ ...details }, message),
      };
      const context = Object.freeze({ plan, logger, signal });
      return callSequential('planCompiled', entries, (handler) => handler(context), watch).catch(
        (error: unknown) => {
          throw signal.aborted ? canceled(`The run of pipeline '${plan.pipeline}'`, signal.reason) : error;
        },
      );
    },

    runStart(session) {
      const entries = hooks.runStart;
      if (entries === undefined) return undefined;
      const context = runContext(session);
      return callParallel('runStart', entries, (handler) => handler(context), watchOf(session));
    },

    execute(session, step, work) {
      const starting = about(hooks.stepStart, step);
      const around = about(hooks.aroundStep, step);
      if (starting === undefined && around === undefined) return work();
      const context = stepContext(session, step);
      const watch = watchOf(session);
      const run = (): Promise<Made> =>
        around === undefined
          ? work()
          : callNested(
              around,
              (handler, next: () => Promise<{ readonly rows: number | undefined }>) => handler(context, next),
              work,
              ({ info }) => Object.freeze({ rows: info?.rows }),
              watch,
            );
      if (starting === undefined) return run();
      return callParallel('stepStart', starting, (handler) => handler(context), watch).then(run);
    },

    beforeCommit(session, step, info) {
      const entries = info && about(hooks.beforeCommit, step);
      if (entries === undefined || info === undefined) return undefined;
      const context = tableContext(session, step, info);
      return callSequential('beforeCommit', entries, (handler) => handler(context), watchOf(session));
    },

    checkpointWritten(session, step, written) {
      const entries = about(hooks.checkpointWritten, step);
      if (entries === undefined) return undefined;
      const { scope, fingerprint, contentHash, rows, bytes } = written;
      const context = stepContext(session, step, { scope, fingerprint, contentHash, rows, bytes });
      return callParallel('checkpointWritten', entries, (handler) => handler(context), watchOf(session));
    },

    stepError(session, step, error) {
      const entries = about(hooks.stepError, step);
      if (entries === undefined) return undefined;
      const context = stepContext(session, step, { error });
      return callParallel('stepError', entries, (handler) => handler(context), watchOf(session));
    },

    runEnd(session, end) {
      const entries = hooks.runEnd;
      if (entries === undefined) return undefined;
      const context = runContext(session, end);
      return callParallel('runEnd', entries, (handler) => handler(context), watchOf(session));
    },

    resolveSecret(session, name) {
      const entries = hooks.resolveSecret;
      if (entries === undefined) return undefined;
      const known = session.pluginSecrets.get(name);
      if (known !== undefined) return Promise.resolve(known);
      const context = runContext(session);
      const asked = callFirst(
        'resolveSecret',
        entries,
        async (handler) => {
          const value = await handler(name, context);
          if (value === undefined || typeof value === 'string') return value;
          throw new Error(`the secret '${name}' must be a text or undefined, not a ${typeof value}`);
        },
        watchOf(session),
      ) as Promise<string | undefined>;
      return asked.then((value) => {
        if (value !== undefined) session.pluginSecrets.set(name, value);
        return value;
      });
    },
  };
}

function watchOf({ stop, parts, emit }: Session): HookWatch {
  return {
    stop,
    sleep: parts.sleep,
    warn: (message, details) => emit({ type: 'warning', message, details }),
  };
}

/** What costs something is made when it is asked for. */
function runContext<More extends object = object>(session: Session, more?: More): RunHookContext & More {
  const { plan, runId, correlationId, attempt, parts } = session;
  let signal: AbortSignal | undefined;
  return Object.freeze({
    plan,
    pipeline: plan.pipeline,
    runId,
    correlationId,
    attempt,
    logger: parts.logger,
    get signal() {
      return (signal ??= session.signal);
    },
    ...(more as More),
  });
}

function stepContext<More extends object = object>(
  session: Session,
  step: PlannedStep,
  more?: More,
): StepRunContext & More {
  return runContext(session, { step, ...(more as More) });
}

function tableContext(session: Session, step: PlannedStep, { rows, columns }: TableInfo): TableHookContext {
  const { plan, parts } = session;
  const tables = plan.steps.filter(({ kind }) => kind !== 'sink' && kind !== 'effect');
  return stepContext(session, step, {
    table: tableOf(step.name),
    rows,
    columns,
    async query(query: Sql) {
      const { chunks } = planSql(query, {
        pipeline: plan.pipeline,
        step: step.name,
        params: plan.params,
        tables: new Map(tables.map(({ name }) => [name.toLowerCase(), name])),
        volatile: step.volatile === true,
        inputs: [step.name],
      });
      const bound = { parts: bindChunks(chunks, session.tableRef) };
      return parts.engine.query(bound, { signal: session.signal });
    },
  });
}
