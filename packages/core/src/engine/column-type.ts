/** A logical type, taken apart as far as the way to store it depends on its parts. */
export type ColumnType =
  /** Arrow IPC holds it exactly. */
  | { readonly kind: 'exact'; readonly text: string }
  /** Only its text survives. */
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'interval'; readonly text: string }
  | { readonly kind: 'list'; readonly text: string; readonly child: ColumnType }
  | { readonly kind: 'struct' | 'union'; readonly text: string; readonly fields: readonly Field[] }
  | { readonly kind: 'map'; readonly text: string; readonly key: ColumnType; readonly value: ColumnType };

interface Field {
  readonly name: string;
  readonly type: ColumnType;
}

const exact =
  /^(BOOLEAN|U?(TINY|SMALL|BIG)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL\(.*\)|VARCHAR|BLOB|DATE|TIME|TIMESTAMP(_S|_MS|_NS| WITH TIME ZONE)?|"NULL")$/;

/** The parts of a list that commas separate, heeding quotes and brackets. */
function split(list: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let quote = '';
  let start = 0;
  for (let at = 0; at < list.length; at++) {
    const char = list.charAt(at);
    if (quote !== '') quote = char === quote ? '' : quote;
    else if (char === '"' || char === "'") quote = char;
    else if (char === '(' || char === '[') depth++;
    else if (char === ')' || char === ']') depth--;
    else if (char === ',' && depth === 0) {
      parts.push(list.slice(start, at).trim());
      start = at + 1;
    }
  }
  return [...parts, list.slice(start).trim()];
}

function parseField(text: string): Field {
  const match = /^("(?:[^"]|"")*"|\S+)\s+(.*)$/s.exec(text);
  const [, written = '', type = ''] = match ?? [];
  const name = written.startsWith('"') ? written.slice(1, -1).replaceAll('""', '"') : written;
  return { name, type: parseType(type) };
}

/** Takes apart a logical type as DuckDB writes it, such as `STRUCT(a UUID, b INTEGER[])`. */
export function parseType(text: string): ColumnType {
  const list = /^(.*)\[\d*\]$/s.exec(text);
  if (list) return { kind: 'list', text, child: parseType(list[1] ?? '') };
  const [, name = '', inner = ''] = /^(STRUCT|MAP|UNION)\((.*)\)$/s.exec(text) ?? [];
  if (name === 'STRUCT') return { kind: 'struct', text, fields: split(inner).map(parseField) };
  if (name === 'UNION') return { kind: 'union', text, fields: split(inner).map(parseField) };
  if (name === 'MAP') {
    const [key = '', value = ''] = split(inner);
    return { kind: 'map', text, key: parseType(key), value: parseType(value) };
  }
  if (text === 'INTERVAL') return { kind: 'interval', text };
  return { kind: exact.test(text) ? 'exact' : 'text', text };
}

/** Says whether Arrow IPC holds a type exactly, in all its parts. */
export function isExact(type: ColumnType): boolean {
  switch (type.kind) {
    case 'exact':
      return true;
    case 'list':
      return isExact(type.child);
    case 'struct':
      return type.fields.every((field) => isExact(field.type));
    case 'map':
      return isExact(type.key) && isExact(type.value);
    default:
      return false;
  }
}
