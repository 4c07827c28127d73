import type { Scalar } from 'yaml';

/**
 * Where a character of a scalar's text stands in its source, as offsets. Exact in a block that keeps its lines (`|`) and
 * in a plain or quoted text on one line without escapes; otherwise the scalar's beginning.
 */
export function offsetInSource(source: string, { value, type, range }: Scalar, offset: number): number {
  const [start, end] = range ?? [0, 0];
  if (typeof value !== 'string') return start;
  if (type === 'BLOCK_LITERAL') {
    const header = source.indexOf('\n', start);
    if (header === -1) return start;
    const before = value.slice(0, offset).split('\n');
    let at = header + 1;
    for (let line = 1; line < before.length; line += 1) at = source.indexOf('\n', at) + 1;
    const lineEnd = source.indexOf('\n', at);
    const written = source.slice(at, lineEnd === -1 ? source.length : lineEnd);
    const line = value.split('\n')[before.length - 1] ?? '';
    const indent = written.replace(/\r$/, '').length - line.length;
    return at + Math.max(0, indent) + (before.at(-1) ?? '').length;
  }
  const from = type === 'QUOTE_DOUBLE' || type === 'QUOTE_SINGLE' ? start + 1 : start;
  return source.slice(from, end).startsWith(value) ? from + offset : start;
}
