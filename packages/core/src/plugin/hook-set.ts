import { describe } from '../errors/pipeline-errors.ts';
import { invalidPlugin } from '../errors/plugin-errors.ts';
import { didYouMean } from '../errors/suggest.ts';
import { isPlainObject } from '../pipeline/check.ts';
import type { PlannedStep } from '../pipeline/plan.ts';
import {
  hookKind,
  hookKinds,
  type HookHandlers,
  type HookName,
  type PluginHooks,
  type StepFilter,
} from './hooks.ts';
import type { Plugin } from './plugin.ts';

/** One plugin's handler of a hook. */
export interface HookEntry<Name extends HookName> {
  readonly plugin: string;
  readonly handler: HookHandlers[Name];
  /** Undefined: every step. */
  readonly matches: ((step: PlannedStep) => boolean) | undefined;
}

/** The handlers of each hook in the order in which they are called. What no plugin has is not there. */
export type HookSet = { readonly [Name in HookName]?: readonly HookEntry<Name>[] };

type AnyHook = { readonly order?: 'pre' | 'post'; readonly filter?: StepFilter; readonly handler: unknown };

const kindNames: readonly string[] = ['source', 'sql', 'transform', 'fanIn', 'sink', 'effect'];

/** Puts the hooks of plugins in order; undefined when there are none. */
export function hookSet(plugins: readonly Plugin[]): HookSet | undefined {
  const set: Record<string, HookEntry<HookName>[]> = {};
  for (const name of Object.keys(hookKinds) as HookName[]) {
    const found = plugins.flatMap((plugin) => {
      const given = plugin.hooks[name];
      if (given === undefined) return [];
      const { order, filter, handler }: AnyHook = typeof given === 'function' ? { handler: given } : given;
      const matches = filter && matcher(filter);
      return [{ order, entry: { plugin: plugin.name, handler: handler as never, matches } }];
    });
    if (found.length === 0) continue;
    set[name] = (['pre', undefined, 'post'] as const).flatMap((order) =>
      found.filter((one) => one.order === order).map((one) => one.entry),
    );
  }
  return Object.keys(set).length === 0 ? undefined : set;
}

/** A frozen copy of a plugin's hooks. @throws CairnError `invalid_plugin` */
export function checkHooks(plugin: string, given: unknown = {}): PluginHooks {
  if (!isPlainObject(given))
    throw invalidPlugin(plugin, `has hooks that are no object by name: ${describe(given)}`);
  const known = Object.keys(hookKinds);
  const hooks = Object.entries(given).map(([name, hook]) => {
    if (!known.includes(name))
      throw invalidPlugin(
        plugin,
        `has a hook '${name}', which there is not (known: ${known.join(', ')})${didYouMean(name, known)}`,
      );
    if (hook === undefined || typeof hook === 'function') return [name, hook] as const;
    checkHook(plugin, name as HookName, hook);
    return [name, Object.freeze({ ...hook })] as const;
  });
  return Object.freeze(Object.fromEntries(hooks));
}

function checkHook(plugin: string, name: HookName, hook: unknown): asserts hook is AnyHook {
  const refuse = (why: string) => invalidPlugin(plugin, `has a hook '${name}' ${why}`);
  if (!isPlainObject(hook) || typeof hook['handler'] !== 'function')
    throw refuse(`that is neither a function nor an object with a function 'handler': ${describe(hook)}`);
  const other = Object.keys(hook).find((key) => !['order', 'filter', 'handler'].includes(key));
  if (other !== undefined) throw refuse(`with an unknown key '${other}' (known: order, filter, handler)`);
  const { order, filter } = hook;
  if (order !== undefined && order !== 'pre' && order !== 'post')
    throw refuse(`whose order is neither 'pre' nor 'post': ${describe(order)}`);
  if (filter === undefined) return;
  if (!hookKind(name).ofStep) throw refuse('with a filter, and it is about no step');
  if (!isPlainObject(filter)) throw refuse(`with a filter that is no object: ${describe(filter)}`);
  for (const [key, value] of Object.entries(filter)) {
    const fits = fitting[key];
    if (fits === undefined) throw refuse(`whose filter has an unknown key '${key}' (known: kind, name, tag)`);
    const wrong = listOf(value).find((one) => !fits(one));
    if (wrong !== undefined) throw refuse(`whose filter has a ${key} that is none: ${describe(wrong)}`);
  }
}

const fitting: Readonly<Record<string, (value: unknown) => boolean>> = {
  kind: (value) => kindNames.includes(value as string),
  name: (value) => typeof value === 'string' || value instanceof RegExp,
  tag: (value) => typeof value === 'string',
};

function matcher({ kind, name, tag }: StepFilter): (step: PlannedStep) => boolean {
  const kinds = kind === undefined ? undefined : listOf(kind);
  const names = name === undefined ? undefined : listOf(name).map(nameMatcher);
  const tags = tag === undefined ? undefined : listOf(tag);
  return (step) =>
    kinds?.includes(step.kind) !== false &&
    names?.some((matches) => matches(step.name)) !== false &&
    tags?.some((one) => step.tags.includes(one)) !== false;
}

function nameMatcher(name: string | RegExp): (name: string) => boolean {
  if (typeof name === 'string') return (given) => given === name;
  // A global pattern would go on where it found something last.
  const pattern = new RegExp(name.source, name.flags.replaceAll(/[gy]/g, ''));
  return (given) => pattern.test(given);
}

function listOf<Value>(value: Value | readonly Value[]): readonly Value[] {
  return Array.isArray(value) ? (value as readonly Value[]) : [value as Value];
}
