import { possible, possibleTypes, typeOf } from '../csv/infer.ts';
import { uniqueNames } from '../text/unique-names.ts';
import { JsonFault } from './json-fault.ts';
import { mostAllFields, mostColumns, mostFields, mostTypeDepth } from './limits.ts';
import { node, type Tape } from './tape.ts';
import { decodeText } from './texts.ts';

/** A field of the objects that stand at one place. */
export interface Field {
  readonly key: string;
  /** The key's bytes, where it has no escapes. */
  readonly raw: Uint8Array;
  readonly shape: Shape;
  /** The object in which it was seen last, so that keys that come twice are found. */
  seen: number;
}

/** What the values at one place in all rows are. */
export interface Shape {
  /** How deep it is nested; columns are at 1. */
  readonly depth: number;
  /** Which kinds of values were seen, one bit a kind of {@link node}. */
  kinds: number;
  /** What its numbers can all be read as: bits of `possible`. */
  numbers: number;
  /** The fields of its objects, in the order in which they were first seen. */
  readonly fields: Field[];
  byKey: Map<string, Field> | undefined;
  /** What the items of its lists are. */
  item: Shape | undefined;
}

export function createShape(depth: number): Shape {
  const numbers = possible.bigint | possible.hugeint | possible.double;
  return { depth, kinds: 0, numbers, fields: [], byKey: undefined, item: undefined };
}

const bit = (kind: number): number => 1 << (kind === node.escaped ? node.text : kind);

/** True when a place's values are kept as JSON text: they are of several kinds, or no type of the engine can hold them. */
export function isJsonText(shape: Shape): boolean {
  const { kinds, numbers, fields, depth } = shape;
  const known = kinds & ~bit(node.nothing);
  if ((known & (known - 1)) !== 0) return true;
  if (known === bit(node.number)) return numbers === 0;
  if (known === bit(node.object))
    return fields.length === 0 || fields.length > mostFields || depth > mostTypeDepth;
  return known === bit(node.list) && depth > mostTypeDepth;
}

/** The names that the fields of a place have in the engine. */
export function fieldNames({ fields }: Shape): string[] {
  return uniqueNames(
    fields.map(({ key }) => key),
    (index) => `field${index}`,
  );
}

/** The engine's type for the values of a place. */
export function typeOfShape(shape: Shape): string {
  if (isJsonText(shape)) return 'VARCHAR';
  switch (shape.kinds & ~bit(node.nothing)) {
    case bit(node.boolean):
      return 'BOOLEAN';
    case bit(node.number):
      return typeOf(shape.numbers);
    case bit(node.object): {
      const names = fieldNames(shape);
      const types = shape.fields.map(
        ({ shape: of }, index) => `"${names[index]?.replaceAll('"', '""')}" ${typeOfShape(of)}`,
      );
      return `STRUCT(${types.join(', ')})`;
    }
    case bit(node.list):
      return `${shape.item === undefined ? 'VARCHAR' : typeOfShape(shape.item)}[]`;
    default:
      return 'VARCHAR';
  }
}

/** Learns the shape of rows from each of them. */
export interface Learner {
  /** What the rows are, as objects. */
  readonly root: Shape;
  /** Takes a row's tape into account, all of it or, when it throws, nothing of it. @throws JsonFault for a key that comes twice */
  learn(bytes: Uint8Array, tape: Tape, line: number): void;
}

export function createLearner(): Learner {
  const root = createShape(0);
  let all = 0;
  // What a row has changed, which is rare, so that a bad one can be forgotten.
  let undo: (() => void)[] = [];
  let bytes: Uint8Array = new Uint8Array(0);
  let tape: Tape;
  let line = 0;

  const learnValue = (shape: Shape, index: number): void => {
    const kind = tape.kinds[index] as number;
    const mark = bit(kind);
    if ((shape.kinds & mark) === 0) {
      const before = shape.kinds;
      undo.push(() => (shape.kinds = before));
      shape.kinds |= mark;
    }
    if (shape.depth > mostTypeDepth) return;
    if (kind === node.number) {
      if (shape.numbers === 0) return;
      const { numbers } = shape;
      const can = numbers & possibleTypes(bytes, tape.starts[index] as number, tape.ends[index] as number);
      if (can === numbers) return;
      undo.push(() => (shape.numbers = numbers));
      shape.numbers = can;
    } else if (kind === node.object) learnObject(shape, index);
    else if (kind === node.list) {
      const end = tape.nexts[index] as number;
      if (index + 1 === end) return;
      if (shape.item === undefined) {
        undo.push(() => (shape.item = undefined));
        shape.item = createShape(shape.depth + 1);
      }
      for (let at = index + 1; at < end; at = tape.nexts[at] as number) learnValue(shape.item, at);
    }
  };

  /** Objects of a place may come several times in a row, in lists: so each has a number of its own. */
  let objects = 0;
  const learnObject = (shape: Shape, index: number): void => {
    const number = (objects += 1);
    const end = tape.nexts[index] as number;
    let next = 0;
    let others: Set<string> | undefined;
    for (let at = index + 1; at < end; at = tape.nexts[at + 1] as number) {
      const field = fieldAt(shape, at, next);
      const isOther = shape.fields.length > mostFields && shape.byKey?.get(field.key) !== field;
      if (field.seen === number || (isOther && others?.has(field.key) === true)) {
        throw new JsonFault(line, `the key ${JSON.stringify(field.key)} comes twice in an object`, true);
      }
      field.seen = number;
      if (isOther) (others ??= new Set()).add(field.key);
      next = shape.fields[next] === field ? next + 1 : next;
      learnValue(field.shape, at + 1);
    }
  };

  /** The field of a key. @param expected Where it is, if keys come as they came before */
  const fieldAt = (shape: Shape, at: number, expected: number): Field => {
    const [start, end] = [tape.starts[at] as number, tape.ends[at] as number];
    const guess = shape.fields[expected];
    if (guess !== undefined && tape.kinds[at] === node.text && isSame(guess.raw, bytes, start, end))
      return guess;
    const key = decodeText(bytes, tape, at);
    const known = shape.byKey?.get(key);
    if (known !== undefined) return known;
    const raw = tape.kinds[at] === node.text ? bytes.slice(start, end) : new TextEncoder().encode(key);
    const field = { key, raw, shape: createShape(shape.depth + 1), seen: 0 };
    if (shape.depth > 0 && shape.fields.length > mostFields) return field;
    if (key.includes('\0')) {
      throw new JsonFault(line, 'a key holds the character U+0000, which no name can', true);
    }
    const byKey = (shape.byKey ??= new Map());
    undo.push(() => {
      byKey.delete(key);
      shape.fields.pop();
      all -= 1;
    });
    shape.fields.push(field);
    byKey.set(key, field);
    all += 1;
    if (shape.fields.length > mostColumns || all > mostAllFields) {
      throw new JsonFault(
        line,
        `its objects have more than ${shape.depth === 0 ? mostColumns : mostAllFields} different keys`,
      );
    }
    return field;
  };

  return {
    root,
    learn: (given, givenTape, givenLine) => {
      [bytes, tape, line] = [given, givenTape, givenLine];
      undo = [];
      try {
        learnObject(root, 0);
      } catch (error) {
        for (const step of undo.toReversed()) step();
        throw error;
      }
    },
  };
}

/** Says whether a range of bytes is the same as others. */
export function isSame(expected: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (expected.length !== end - start) return false;
  for (let index = 0; index < expected.length; index += 1) {
    if (bytes[start + index] !== expected[index]) return false;
  }
  return true;
}
