import { isAlias, isMap, isScalar, type Document, type Node } from 'yaml';

const reference = /\$\{[A-Za-z_][A-Za-z0-9_]*\}/g;

/**
 * The text as it may be shown: of what stands under `secrets` only names and `${NAME}` are left, for somebody may have
 * written a secret where its variable belongs.
 */
export function maskSecrets(text: string, document: Document.Parsed): string {
  if (!isMap(document.contents)) return text;
  const pair = document.contents.items.find(({ key }) => isScalar(key) && key.value === 'secrets');
  const nodes = withTarget(pair?.value, document);
  return nodes.reduce((masked, node) => maskNode(masked, node, document), text);
}

function withTarget(node: Node | null | undefined, document: Document.Parsed): Node[] {
  if (node === null || node === undefined) return [];
  const target = isAlias(node) ? node.resolve(document) : undefined;
  return target === undefined ? [node] : [node, target];
}

/** Masking keeps every character's place. */
function maskNode(text: string, node: Node, document: Document.Parsed): string {
  const [start, , end] = node.range ?? [0, 0, 0];
  const kept: [number, number][] = [];
  let masked = text;
  for (const { key, value } of isMap(node) ? node.items : []) {
    const range = (key as Node | null)?.range;
    // The name and its colon.
    if (range) kept.push([range[0], range[1] + 1]);
    for (const inner of withTarget(value as Node | null, document).slice(1))
      masked = maskNode(masked, inner, document);
  }
  for (const match of text.slice(start, end).matchAll(reference))
    kept.push([start + match.index, start + match.index + match[0].length]);
  const isKept = (at: number): boolean => kept.some(([from, to]) => at >= from && at < to);
  const middle = Array.from({ length: end - start }, (_, index) => {
    const character = masked[start + index] ?? '';
    return isKept(start + index) || /\s/.test(character) ? character : '*';
  });
  return masked.slice(0, start) + middle.join('') + masked.slice(end);
}
