import { isCairnError } from '../errors/cairn-error.ts';
import { pluginFailed } from '../errors/plugin-errors.ts';
import type { Logger } from '../events/logger.ts';
import type { Plugin, SetupContext, Teardown } from '../plugin/plugin.ts';
import { hookPatienceMs } from './hook-calls.ts';

/** What a runner's plugins have set up. */
export interface PluginsSetUp {
  /** Resolves when all are ready; undefined when they are. @throws CairnError `plugin_failed`, each time it is asked for */
  ready(): Promise<void> | undefined;
  /** Tears down in the opposite order. What fails or takes too long is logged, and keeps nothing else from being closed. */
  close(): Promise<void>;
}

/**
 * Calls each plugin's `setup`, in order.
 *
 * @throws CairnError `plugin_failed` when one throws at once; those before it are torn down
 */
export function setUpPlugins(
  plugins: readonly Plugin[],
  context: SetupContext,
  sleep: (ms: number, signal: AbortSignal) => Promise<void>,
): PluginsSetUp | undefined {
  const { logger } = context;
  const teardowns: { readonly plugin: string; readonly teardown: Promise<void | Teardown> | Teardown }[] = [];
  const pending: Promise<unknown>[] = [];
  const close = async (): Promise<void> => {
    for (const { plugin, teardown } of teardowns.toReversed()) {
      const done = tearDown(plugin, teardown, logger);
      await withPatience(done, plugin, logger, sleep);
    }
    teardowns.length = 0;
  };
  for (const { name, setup } of plugins) {
    if (setup === undefined) continue;
    try {
      const made = setup(context);
      if (typeof made === 'function') teardowns.push({ plugin: name, teardown: made });
      else if (made !== undefined) {
        const later = Promise.resolve(made).catch((error: unknown) => {
          throw failed(name, error);
        });
        // Whoever runs something is told; nobody may.
        later.catch(() => undefined);
        teardowns.push({ plugin: name, teardown: later });
        pending.push(later);
      }
    } catch (error) {
      void close();
      throw failed(name, error);
    }
  }
  if (teardowns.length === 0) return undefined;
  let all: Promise<void> | undefined =
    pending.length === 0 ? undefined : Promise.all(pending).then(() => undefined);
  all?.then(
    () => {
      all = undefined;
    },
    () => undefined,
  );
  return { ready: () => all, close };
}

async function tearDown(
  plugin: string,
  teardown: Promise<void | Teardown> | Teardown,
  logger: Logger,
): Promise<void> {
  try {
    // What could not be set up was told.
    const run = typeof teardown === 'function' ? teardown : await teardown.catch(() => undefined);
    await run?.();
  } catch (error) {
    logger.error({ err: error, plugin }, `plugin '${plugin}' could not be torn down`);
  }
}

async function withPatience(
  done: Promise<void>,
  plugin: string,
  logger: Logger,
  sleep: (ms: number, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const over = sleep(hookPatienceMs, stop.signal).then(
    () => {
      logger.warn({ plugin }, `plugin '${plugin}' takes too long to be torn down, and is not waited for`);
    },
    () => undefined,
  );
  await Promise.race([done, over]);
  stop.abort();
}

function failed(plugin: string, error: unknown): unknown {
  return isCairnError(error, 'plugin_failed') ? error : pluginFailed(plugin, { hook: 'setup' }, error);
}
