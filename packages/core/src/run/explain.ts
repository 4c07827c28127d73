import { canonicalJson } from '../pipeline/canonical.ts';
import type { Json } from '../pipeline/json.ts';
import { describeReason, type ComponentChange, type Reason } from './step-outcome.ts';

/** How many characters of a value are shown. */
const longest = 80;

/**
 * A reason in words, for people: what it is in the first line, and a line for everything that differs, from what to what.
 */
export function explainReason(reason: Reason): string[] {
  const lines = [describeReason(reason)];
  if (reason.code === 'changed' || reason.code === 'input_may_change')
    lines.push(...reason.changes.flatMap(explainChange));
  return lines;
}

/** What differs in one component of a fingerprint, in words: a line for each thing. */
export function explainChange({ component, before, after }: ComponentChange): string[] {
  switch (component) {
    case 'sql':
      return [`the SQL: ${textChange(String(before ?? ''), String(after ?? ''), ' ')}`];
    case 'inputs':
      return entryChanges(before, after, (input, from, to) =>
        from === undefined
          ? `reads '${input}', which it did not`
          : to === undefined
            ? `reads '${input}' no more`
            : `the content of '${input}': ${hash(from)} -> ${hash(to)}`,
      );
    case 'identity':
      return [`the bytes that it reads: ${hash(before)} -> ${hash(after)}`];
    case 'params':
      return entryChanges(
        before,
        after,
        (name, from, to) => `the param '${name}': ${shown(from)} -> ${shown(to)}`,
      );
    case 'engine':
      return entryChanges(
        before,
        after,
        (name, from, to) => `the engine's ${name}: ${shown(from)} -> ${shown(to)}`,
      );
    case 'connector':
    case 'arguments':
      return entryChanges(before, after, (name, from, to) =>
        isObject(from) && isObject(to)
          ? entryChanges(
              from,
              to,
              (inner, one, other) => `${component}.${name}.${inner}: ${shown(one)} -> ${shown(other)}`,
            )
          : `${component}.${name}: ${shown(from)} -> ${shown(to)}`,
      );
    default:
      return [`${component}: ${shown(before)} -> ${shown(after)}`];
  }
}

type Entries = Readonly<Record<string, Json>>;

const isObject = (value: Json | undefined): value is Entries =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function entryChanges(
  before: Json,
  after: Json,
  say: (name: string, before: Json | undefined, after: Json | undefined) => string | string[],
): string[] {
  const [from, to]: [Entries, Entries] = [isObject(before) ? before : {}, isObject(after) ? after : {}];
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort();
  return names
    .filter((name) => canonicalJson(from[name] ?? null) !== canonicalJson(to[name] ?? null))
    .flatMap((name) => say(name, from[name], to[name]));
}

/** What differs between two texts of words: what is the same before and after is left out, but for a few words. */
function textChange(before: string, after: string, separator: string): string {
  const [from, to] = [before.split(separator), after.split(separator)];
  let start = 0;
  while (start < Math.min(from.length, to.length) && from[start] === to[start]) start += 1;
  let end = 0;
  while (end < Math.min(from.length, to.length) - start && from.at(-1 - end) === to.at(-1 - end)) end += 1;
  const around = 3;
  const part = (words: readonly string[]): string => {
    const [first, last] = [Math.max(0, start - around), Math.min(words.length, words.length - end + around)];
    const text = words.slice(first, last).join(separator);
    return `${first > 0 ? '... ' : ''}${cut(text)}${last < words.length ? ' ...' : ''}`;
  };
  return `\`${part(from)}\` -> \`${part(to)}\``;
}

function hash(value: Json | undefined): string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value) ? value.slice(0, 10) : shown(value);
}

function shown(value: Json | undefined): string {
  return value === undefined ? 'nothing' : cut(canonicalJson(value));
}

function cut(text: string): string {
  return text.length <= longest ? text : `${text.slice(0, longest)}...`;
}
