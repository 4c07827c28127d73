/** What can be done with a column's values, by the engine's logical type. */
export type ColumnKind = 'number' | 'temporal' | 'boolean' | 'text' | 'other';

/** The kind of a logical type such as `DECIMAL(9,2)`. */
export function columnKind(type: string): ColumnKind {
  if (/^U?(TINY|SMALL|BIG|HUGE)INT$|^U?INTEGER$|^(FLOAT|DOUBLE|BIGNUM)$|^DECIMAL\([^)]*\)$/.test(type))
    return 'number';
  if (/^DATE$|^TIMESTAMP(_S|_MS|_NS| WITH TIME ZONE)?$/.test(type)) return 'temporal';
  if (type === 'BOOLEAN') return 'boolean';
  return /^VARCHAR$|^ENUM\(.*\)$|^UUID$/.test(type) ? 'text' : 'other';
}

/** A type in few letters, for the head of a column. */
export function shortType(type: string): string {
  const short: Readonly<Record<string, string>> = {
    'TIMESTAMP WITH TIME ZONE': 'timestamptz',
    'TIME WITH TIME ZONE': 'timetz',
  };
  const known = short[type] ?? type.toLowerCase();
  return known.length > 18 ? `${known.slice(0, 17)}…` : known;
}
