import type { Json } from './json.ts';

/**
 * JSON in the one form that RFC 8785 gives it: keys sorted by UTF-16 code units, no white space, numbers and texts as
 * `JSON.stringify` writes them. Equal values have equal text. Properties that are undefined are not there.
 */
export function canonicalJson(value: Json): string {
  // The platform's own is faster than ours where there is nothing to put in order.
  return isInOrder(value) ? JSON.stringify(value) : inOrder(value);
}

function isInOrder(value: Json | undefined): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return (value as readonly Json[]).every(isInOrder);
  const object = value as { readonly [key: string]: Json };
  let before = '';
  for (const key of Object.keys(object)) {
    if (key < before || !isInOrder(object[key])) return false;
    before = key;
  }
  return true;
}

function inOrder(value: Json): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  let text = '';
  if (Array.isArray(value)) {
    for (const item of value as readonly Json[]) text += `${text === '' ? '' : ','}${inOrder(item)}`;
    return `[${text}]`;
  }
  const object = value as { readonly [key: string]: Json };
  for (const key of sortedKeys(object)) {
    const item = object[key];
    if (item !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${inOrder(item)}`;
  }
  return `{${text}}`;
}

/** Most objects have their keys in order already. */
function sortedKeys(object: object): readonly string[] {
  const keys = Object.keys(object);
  for (let at = 1; at < keys.length; at += 1) {
    if ((keys[at - 1] as string) > (keys[at] as string)) return keys.sort();
  }
  return keys;
}

/** Says whether two values have equal canonical JSON, without writing it. */
export function isSameJson(one: Json | undefined, other: Json | undefined): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const [left, right] = [one, other] as readonly { readonly [key: string]: Json | undefined }[];
  let more = 0;
  for (const key in left) {
    const item = left[key];
    if (item === undefined) continue;
    if (!Object.hasOwn(right as object, key) || !isSameJson(item, right?.[key])) return false;
    more += 1;
  }
  for (const key in right) if (right[key] !== undefined) more -= 1;
  return more === 0;
}
