import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, isSameJson } from '../../packages/core/dist/pipeline/canonical.js';

/** A value like another, with keys in another order, and now and then something else in it. */
function altered(value: unknown, change: boolean): unknown {
  if (Array.isArray(value))
    return change && value.length > 0 ? value.slice(1) : value.map((item) => altered(item, false));
  if (typeof value !== 'object' || value === null) return change ? 'else' : value;
  const entries = Object.entries(value).toReversed();
  const [first, ...rest] = entries;
  if (!change || first === undefined) return { ...Object.fromEntries(entries), gone: undefined };
  return Object.fromEntries([...rest, [first[0], altered(first[1], true)]]);
}

test('values are the same exactly when their canonical JSON is', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), fc.boolean(), (one, other, change) => {
      for (const pair of [
        [one, other],
        [one, altered(one, change)],
        [altered(one, change), one],
      ]) {
        const [left, right] = pair as never[];
        expect(isSameJson(left, right)).toBe(canonicalJson(left as never) === canonicalJson(right as never));
      }
    }),
    { numRuns: 500 },
  );
});

test('a key that every object has, or none, makes no two values the same', () => {
  expect(isSameJson({ toString: null }, {})).toBe(false);
  expect(isSameJson({ a: 1 }, { b: 1 })).toBe(false);
  expect(isSameJson({ a: [] }, { a: {} })).toBe(false);
});
