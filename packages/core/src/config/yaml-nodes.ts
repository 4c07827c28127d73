import { isAlias, isMap, isScalar, isSeq, type Document, type Node } from 'yaml';
import type { ConfigPath } from './source.ts';

interface Nodes {
  readonly key?: Node | undefined;
  readonly value?: Node | undefined;
}

/** The nodes at a path, or at the longest beginning of it where something is. */
export function nearestNode(document: Document.Parsed, path: ConfigPath): Nodes {
  for (let length = path.length; length > 0; length -= 1) {
    const nodes = nodeAt(document, path.slice(0, length));
    if (nodes.key !== undefined || nodes.value !== undefined) return nodes;
  }
  return { value: document.contents ?? undefined };
}

/** The nodes at a path, through aliases. Of a list's item both are the item; where nothing is, there are none. */
function nodeAt(document: Document.Parsed, path: ConfigPath): Nodes {
  let key: Node | undefined;
  let value: Node | undefined = document.contents ?? undefined;
  for (const part of path) {
    const within: Node | undefined = isAlias(value) ? value.resolve(document) : value;
    if (isMap(within)) {
      const pair = within.items.find((one) => isScalar(one.key) && String(one.key.value) === String(part));
      if (pair === undefined) return {};
      key = pair.key as Node;
      value = (pair.value as Node | null) ?? undefined;
    } else if (isSeq(within)) {
      value = within.items[Number(part)] as Node | undefined;
      key = value;
    } else return {};
  }
  return { key, value };
}
