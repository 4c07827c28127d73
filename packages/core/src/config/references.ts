import { isPlainObject } from '../pipeline/check.ts';
import type { Report } from './report.ts';
import { pathText, type ConfigPath } from './source.ts';

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What a text with `${NAME}` in it became. */
export interface Reference {
  /** Such as `${NAME}`, and its value. */
  readonly used: readonly (readonly [reference: string, value: string])[];
  /** The text is one reference and nothing else. */
  readonly isWhole: boolean;
}

/** A configuration with its references filled in. */
export interface Filled {
  /** A copy; plain objects and lists are new ones, whatever else stands in them is handed over. */
  readonly value: unknown;
  /** Where values came from the environment, by {@link pathText}. */
  readonly references: ReadonlyMap<string, Reference>;
}

const tokens = /\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)\}|\$\{/g;

/** Fills in a text: `${NAME}` becomes the variable's value, `$${` becomes `${`. */
export function fillText(
  text: string,
  path: ConfigPath,
  env: Environment,
  report: Report,
): { readonly text: string; readonly reference: Reference | undefined } {
  const used: [string, string][] = [];
  const filled = text.replaceAll(tokens, (token: string, name: string | undefined) => {
    if (token === '$${') return '${';
    if (name === undefined) {
      report.add({ path, within: token, message: 'is no ${NAME}: write $${ where the text has ${' });
      return token;
    }
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    if (value === undefined)
      report.add({ path, within: token, message: `the environment variable ${name} is not set` });
    used.push([token, value ?? '']);
    return value ?? '';
  });
  const reference = used.length === 0 ? undefined : { used, isWhole: used[0]?.[0] === text };
  return { text: filled, reference };
}

/**
 * Fills in every text but the secrets, which are filled in where they are looked up, so that their values are in
 * nothing that is checked, told or shown.
 */
export function fillConfig(config: unknown, env: Environment, report: Report): Filled {
  const references = new Map<string, Reference>();

  const fill = (value: unknown, path: ConfigPath, within: readonly unknown[]): unknown => {
    if (typeof value === 'string') {
      const { text, reference } = fillText(value, path, env, report);
      if (reference !== undefined) references.set(pathText(path), reference);
      return text;
    }
    if (!Array.isArray(value) && !isPlainObject(value)) return value;
    if (within.includes(value)) {
      report.add({ path, message: 'must not contain itself' });
      return undefined;
    }
    const inside = [...within, value];
    if (Array.isArray(value)) return value.map((item, index) => fill(item, [...path, index], inside));
    const entries = Object.entries(value).map(([key, item]) => {
      const at = [...path, key];
      if (['__proto__', 'constructor', 'prototype'].includes(key))
        report.add({ path: at, known: [], message: 'is a name that JavaScript keeps for itself' });
      return [key, at.length === 1 && key === 'secrets' ? item : fill(item, at, inside)] as const;
    });
    return Object.fromEntries(entries);
  };

  return { value: fill(config, [], []), references };
}

/** The number, `true` or `false` that a text reads as; undefined for any other text. */
export function readingOf(text: string): number | boolean | undefined {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined;
}
