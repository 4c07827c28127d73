import { pluginFailed } from '../errors/plugin-errors.ts';
import type { Logger } from '../events/logger.ts';
import { hookSet } from '../plugin/hook-set.ts';
import type { Plugin, SetupContext, Teardown } from '../plugin/plugin.ts';
import { abortable, stopOf } from './abortable.ts';
import { hookPatienceMs } from './hook-calls.ts';
import { runHooks, type HookTools, type RunHooks } from './plugin-hooks.ts';

/** The plugins of a runner, at work. */
export interface PluginHost {
  /** Undefined when no plugin has hooks. */
  readonly hooks: RunHooks | undefined;
  /** Tears down in the opposite order. What fails or takes too long is logged, and keeps nothing else from being closed. */
  close(): Promise<void>;
}

/**
 * Calls each plugin's `setup`, one after the other.
 *
 * @throws CairnError `plugin_failed` of the first that fails, when those before it are torn down; the signal's reason when
 *   it is aborted
 */
export async function hostPlugins(
  plugins: readonly Plugin[],
  context: SetupContext,
  { sleep }: Pick<HookTools, 'sleep'>,
): Promise<PluginHost> {
  const { logger, signal } = context;
  const stop = stopOf(signal);
  const teardowns: (readonly [plugin: string, teardown: Teardown])[] = [];
  const close = async (): Promise<void> => {
    for (const [plugin, teardown] of teardowns.splice(0).toReversed()) {
      const done = tearDown(plugin, teardown, logger);
      await inTime(done, sleep, () => {
        logger.warn({ plugin }, `plugin '${plugin}' takes too long to be torn down, and is not waited for`);
      });
    }
  };
  for (const { name, setup } of plugins) {
    if (setup === undefined) continue;
    const making = Promise.resolve().then(() => setup(context));
    try {
      const waiting = abortable(making, stop);
      await inTime(waiting, sleep, () => {
        logger.warn(
          { plugin: name },
          `plugin '${name}' has not returned from its setup for ${hookPatienceMs / 1000} s`,
        );
      });
      const teardown = await waiting;
      if (typeof teardown === 'function') teardowns.push([name, teardown]);
    } catch (error) {
      // What it sets up after that is torn down when it is there.
      void making.then(
        (late) => (typeof late === 'function' ? tearDown(name, late, logger) : undefined),
        () => undefined,
      );
      await close();
      throw stop.aborted ? error : pluginFailed(name, { hook: 'setup' }, error);
    }
  }
  return { hooks: runHooks(hookSet(plugins)), close };
}

async function tearDown(plugin: string, teardown: Teardown, logger: Logger): Promise<void> {
  try {
    await teardown();
  } catch (error) {
    logger.error({ err: error, plugin }, `plugin '${plugin}' could not be torn down`);
  }
}

/** Waits for something as long as there is patience, and then says that it is late. */
async function inTime(work: Promise<unknown>, sleep: HookTools['sleep'], late: () => void): Promise<void> {
  const done = new AbortController();
  const over = sleep(hookPatienceMs, done.signal).then(late, () => undefined);
  try {
    await Promise.race([work, over]);
  } finally {
    done.abort();
  }
}
