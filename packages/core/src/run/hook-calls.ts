import { isCairnError } from '../errors/cairn-error.ts';
import { pluginFailed } from '../errors/plugin-errors.ts';
import type { HookEntry } from '../plugin/hook-set.ts';
import { hookKind, type HookName, type HooksOf } from '../plugin/hooks.ts';
import { abortable, type Stop } from './abortable.ts';

/** How long a hook is waited for before it is told of, in milliseconds; and after a cancellation, waited for at all. */
export const hookPatienceMs = 10_000;

/** What waits for hooks. */
export interface HookWatch {
  /** Ends the waiting. */
  readonly stop: Stop;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  warn(message: string, details: Readonly<Record<string, unknown>>): void;
}

/** What calls a handler with its arguments. */
type Invoke<Name extends HookName> = (handler: HookEntry<Name>['handler']) => unknown;

type Entries<Name extends HookName> = readonly HookEntry<Name>[];

/**
 * Calls all at once and waits for all. Of those that fail the first in time is thrown and the others are told; or all are
 * told, where the hook fails nothing.
 *
 * @throws CairnError `plugin_failed`; the reason why it was stopped
 */
export async function callParallel<Name extends HooksOf<'parallel'>>(
  name: Name,
  entries: Entries<Name>,
  invoke: Invoke<Name>,
  watch: HookWatch,
): Promise<void> {
  const failures: unknown[] = [];
  await Promise.all(
    entries.map((entry) =>
      call(name, entry, () => invoke(entry.handler), watch).catch((error: unknown) => {
        failures.push(error);
      }),
    ),
  );
  if (hookKind(name).throwing === 'fails' && failures.length > 0) {
    const [first, ...others] = failures;
    for (const error of others) tellFailure(error, watch);
    throw first;
  }
  for (const error of failures) tellFailure(error, watch);
}

/** Calls one after the other. @throws CairnError `plugin_failed` of the first that fails; the reason why it was stopped */
export async function callSequential<Name extends HooksOf<'sequential'>>(
  name: Name,
  entries: Entries<Name>,
  invoke: Invoke<Name>,
  watch: HookWatch,
): Promise<void> {
  for (const entry of entries) await call(name, entry, () => invoke(entry.handler), watch);
}

/** Calls one after the other until one answers. @throws CairnError `plugin_failed`; the reason why it was stopped */
export async function callFirst<Name extends HooksOf<'first'>>(
  name: Name,
  entries: Entries<Name>,
  invoke: Invoke<Name>,
  watch: HookWatch,
): Promise<unknown> {
  for (const entry of entries) {
    const answer = await call(name, entry, () => invoke(entry.handler), watch);
    if (answer !== undefined) return answer;
  }
  return undefined;
}

/**
 * Calls one inside the other, with the work inside the innermost. What the work fails with is what this fails with, whatever
 * handlers make of it; and nothing is left at work when this is done.
 *
 * @throws CairnError `plugin_failed`; the reason why it was stopped; what the work fails with
 */
export async function callNested<Value, Told>(
  entries: Entries<'aroundStep'>,
  invoke: (handler: HookEntry<'aroundStep'>['handler'], next: () => Promise<Told>) => unknown,
  work: () => Promise<Value>,
  tell: (value: Value) => Told,
  watch: HookWatch,
): Promise<Value> {
  const [entry, ...inner] = entries;
  if (entry === undefined) return work();
  const waiting = patience('aroundStep', entry.plugin, watch);
  let inside: Promise<Value> | undefined;
  let failure: { readonly error: unknown } | undefined;
  const next = (): Promise<Told> => {
    if (inside !== undefined) return Promise.reject(new Error('next() was called a second time'));
    // The work takes as long as it takes.
    waiting.pause();
    inside = callNested(inner, invoke, work, tell, watch);
    inside.then(
      () => void waiting.begin(),
      (error: unknown) => {
        failure = { error };
        void waiting.begin();
      },
    );
    const told = inside.then(tell);
    // Whoever does not wait for it is waited for all the same.
    told.catch(() => undefined);
    return told;
  };
  let thrown: { readonly error: unknown } | undefined;
  try {
    void waiting.begin();
    const around = Promise.resolve().then(() => invoke(entry.handler, next));
    await abortable(around, watch.stop);
  } catch (error) {
    thrown = { error };
  } finally {
    waiting.end();
  }
  const made = await settled(inside);
  // After a cancellation the work has its own word to say.
  if (failure !== undefined) {
    if (thrown !== undefined && thrown.error !== failure.error && !isStop(thrown.error, watch))
      tellFailure(pluginFailed(entry.plugin, { hook: 'aroundStep' }, thrown.error), watch);
    throw failure.error;
  }
  if (thrown !== undefined) throw asFailure('aroundStep', entry.plugin, thrown.error, watch);
  if (made === undefined)
    throw pluginFailed(entry.plugin, { hook: 'aroundStep' }, new Error('it has not called next()'));
  return made.value;
}

async function settled<Value>(
  inside: Promise<Value> | undefined,
): Promise<{ readonly value: Value } | undefined> {
  if (inside === undefined) return undefined;
  return inside.then(
    (value) => ({ value }),
    () => undefined,
  );
}

async function call(
  name: HookName,
  { plugin }: { readonly plugin: string },
  invoke: () => unknown,
  watch: HookWatch,
): Promise<unknown> {
  const waiting = patience(name, plugin, watch);
  try {
    const answer = invoke();
    // Most have nothing to wait for.
    if (typeof (answer as Partial<Promise<unknown>> | undefined)?.then !== 'function') return answer;
    return await waitFor(Promise.resolve(answer), waiting, watch);
  } catch (error) {
    throw asFailure(name, plugin, error, watch);
  } finally {
    waiting.end();
  }
}

/** Waits for a handler: no longer than until a stop, or, when that has been before, as long as there is patience. */
function waitFor(answer: Promise<unknown>, waiting: Patience, watch: HookWatch): Promise<unknown> {
  const over = waiting.begin();
  if (!watch.stop.aborted) return abortable(answer, watch.stop);
  return Promise.race([answer, over]);
}

/** Tells of a handler that takes long, once. */
interface Patience {
  /** Resolves when patience is at its end, and never when the waiting ends before. */
  begin(): Promise<void>;
  pause(): void;
  /** For good. */
  end(): void;
}

function patience(hook: HookName, plugin: string, { sleep, warn }: HookWatch): Patience {
  let done: AbortController | undefined;
  let told = false;
  let closed = false;
  return {
    begin() {
      if (closed) return new Promise(() => undefined);
      done = new AbortController();
      const { signal } = done;
      return new Promise((resolve) => {
        sleep(hookPatienceMs, signal).then(
          () => {
            if (signal.aborted) return;
            const seconds = hookPatienceMs / 1000;
            if (!told)
              warn(`Plugin '${plugin}' has not returned from its hook '${hook}' for ${seconds} s`, {
                plugin,
                hook,
              });
            told = true;
            resolve();
          },
          () => undefined,
        );
      });
    },
    pause: () => done?.abort(),
    end() {
      closed = true;
      done?.abort();
    },
  };
}

/** Says whether an error is the end of the waiting, and no handler's fault. */
function isStop(error: unknown, { stop }: HookWatch): boolean {
  return stop.aborted && (error === stop.reason || (error as Error | undefined)?.name === 'AbortError');
}

function asFailure(hook: HookName, plugin: string, error: unknown, watch: HookWatch): unknown {
  return isStop(error, watch) ? error : pluginFailed(plugin, { hook }, error);
}

/** Tells of what a hook threw that fails nothing. */
function tellFailure(error: unknown, watch: HookWatch): void {
  if (!isCairnError(error)) return;
  watch.warn(error.message, { ...error.details, error });
}
