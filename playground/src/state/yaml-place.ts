/** Where in a YAML text something is written. */
export interface YamlPlace {
  /** Keys from the top; `[]` is an item of a list. */
  readonly path: readonly string[];
  /** Whether a key is written here, or the value of the last key of the path. Of an item that is begun, both may be. */
  readonly as: 'key' | 'value' | 'either';
  /** Where the word begins that is written. */
  readonly from: number;
  /** The keys that stand beside it, with their values where those are on one line. */
  readonly beside: ReadonlyMap<string, string>;
}

interface Level {
  readonly indent: number;
  readonly key: string;
}

const keyOf = /^("[^"]*"|'[^']*'|[^\s:#'"[\]{},][^:#]*?)\s*:(?:\s+(.*))?$/;

/**
 * Finds out what is being written at a place, by the indentation above it, for a text that is seldom whole while one types.
 * Undefined in a comment, and in what is no text of YAML's own: a block's lines.
 */
export function yamlPlace(text: string, at: number): YamlPlace | undefined {
  const lineStart = text.lastIndexOf('\n', at - 1) + 1;
  const written = text.slice(lineStart, at);
  if (/(?:^|\s)#/.test(written.replaceAll(/"[^"]*"|'[^']*'/g, ''))) return undefined;
  const lineEnd = text.indexOf('\n', at);
  const after = text.slice(at, lineEnd === -1 ? text.length : lineEnd);
  const [, blank = '', dashes = '', rest = ''] = /^( *)((?:- +)*)(.*)$/.exec(written) ?? [];
  const indent = blank.length + dashes.length;
  const above = text.slice(0, lineStart).split('\n').slice(0, -1);
  const isItem = dashes !== '';
  const levels = levelsAbove(above, isItem ? blank.length : indent, isItem);
  if (levels === undefined) return undefined;
  const path = levels.map(({ key }) => key);
  if (isItem) for (let count = dashes.length / 2; count >= 1; count -= 1) path.push('[]');

  const inFlow = openFlow(rest);
  const pair = keyOf.exec(inFlow?.before ?? rest);
  if (inFlow !== undefined) return flowPlace(path, pair?.[1], inFlow, at, rest);
  if (pair !== null) {
    const value = /\S*$/.exec(pair[2] ?? '')?.[0] ?? '';
    return {
      path: [...path, unquoted(pair[1] ?? '')],
      as: 'value',
      from: at - value.length,
      beside: besideOf(text, lineStart, indent, isItem),
    };
  }
  if (/\s/.test(rest.trimStart())) return undefined;
  const isBegun = isItem && !/^\S*\s*:/.test(after);
  return {
    path,
    as: isBegun ? 'either' : 'key',
    from: at - rest.length,
    beside: besideOf(text, lineStart, indent, isItem),
  };
}

/** The keys that a line stands in, outermost first; undefined in the lines of a block. */
function levelsAbove(
  above: readonly string[],
  indent: number,
  isItem: boolean,
): readonly Level[] | undefined {
  const levels: Level[] = [];
  let left = indent;
  // An item may stand as far left as the key of its list.
  let isList = isItem;
  for (let index = above.length - 1; index >= 0 && (left > 0 || isList); index -= 1) {
    const line = above[index] ?? '';
    if (line.trim() === '' || /^\s*#/.test(line)) continue;
    const [, blank = '', dashes = '', rest = ''] = /^( *)((?:- +|-$)*)(.*)$/.exec(line) ?? [];
    const column = blank.length + dashes.length;
    const pair = keyOf.exec(rest.replace(/\s+#.*$/, ''));
    const isAbove = column < left || (isList && dashes === '' && column === left);
    if (isAbove && pair !== null) {
      if (/^[|>][-+\d]*$/.test(pair[2] ?? '')) return undefined;
      levels.unshift({ indent: column, key: unquoted(pair[1] ?? '') });
      left = column;
      isList = false;
    }
    // The dash of an item stands left of its keys.
    if (dashes !== '' && blank.length < left && column <= left) {
      levels.unshift({ indent: blank.length, key: '[]' });
      left = blank.length;
      isList = true;
    }
  }
  return levels;
}

interface Flow {
  readonly before: string;
  /** The brackets that are open, and what stands in the last one. */
  readonly open: readonly { readonly bracket: string; readonly key: string | undefined }[];
  readonly parts: readonly string[];
}

/** What is open of `{` and `[` at the end of a text. */
function openFlow(text: string): Flow | undefined {
  const stack: { bracket: string; key: string | undefined; start: number; parts: string[] }[] = [];
  let quote: string | undefined;
  let first = -1;
  for (const [index, character] of text.split('').entries()) {
    if (quote !== undefined) {
      if (character === quote) quote = undefined;
      continue;
    }
    const top = stack.at(-1);
    if ((character === '"' || character === "'") && /[\s:,[{]$|^$/.test(text.slice(0, index)))
      quote = character;
    else if ((character === '{' || character === '[') && /[\s:,[{-]$|^$/.test(text.slice(0, index))) {
      const key = keyOf.exec(text.slice(top?.start ?? 0, index).trim())?.[1];
      if (stack.length === 0) first = index;
      stack.push({ bracket: character, key, start: index + 1, parts: [] });
    } else if ((character === '}' || character === ']') && top !== undefined) stack.pop();
    else if (character === ',' && top !== undefined) {
      top.parts.push(text.slice(top.start, index).trim());
      top.start = index + 1;
    }
  }
  const last = stack.at(-1);
  if (last === undefined) return undefined;
  return {
    before: text.slice(0, first).trimEnd(),
    open: stack,
    parts: [...last.parts, text.slice(last.start)],
  };
}

function flowPlace(
  path: readonly string[],
  key: string | undefined,
  { open, parts }: Flow,
  at: number,
  rest: string,
): YamlPlace {
  const whole = [...path, ...(key === undefined ? [] : [unquoted(key)])];
  for (const [index, { bracket, key: own }] of open.entries()) {
    if (index > 0 && own !== undefined) whole.push(unquoted(own));
    if (bracket === '[') whole.push('[]');
  }
  const current = (parts.at(-1) ?? '').trimStart();
  const beside = new Map<string, string>();
  for (const part of parts.slice(0, -1)) {
    const [, name, value = ''] = keyOf.exec(part) ?? [];
    if (name !== undefined) beside.set(unquoted(name), unquoted(value));
  }
  const pair = keyOf.exec(current);
  const isMap = open.at(-1)?.bracket === '{';
  if (isMap && pair === null) return { path: whole, as: 'key', from: at - current.length, beside };
  const value = isMap ? (pair?.[2] ?? '') : current;
  const word = /\S*$/.exec(rest.endsWith(' ') && value === '' ? '' : value)?.[0] ?? '';
  return {
    path: isMap ? [...whole, unquoted(pair?.[1] ?? '')] : whole,
    as: isMap ? 'value' : 'either',
    from: at - word.length,
    beside,
  };
}

/** The keys of the same mapping: at the same indentation, until something stands further left. */
function besideOf(
  text: string,
  lineStart: number,
  indent: number,
  isItem: boolean,
): ReadonlyMap<string, string> {
  const beside = new Map<string, string>();
  const note = (line: string): boolean => {
    if (line.trim() === '' || /^\s*#/.test(line)) return true;
    const [, blank = '', dashes = '', rest = ''] = /^( *)((?:- +)*)(.*)$/.exec(line) ?? [];
    const column = blank.length + dashes.length;
    const [, key, value = ''] = keyOf.exec(rest.replace(/\s+#.*$/, '')) ?? [];
    if (column === indent && key !== undefined) beside.set(unquoted(key), unquoted(value.trim()));
    return column > indent || (column === indent && dashes === '');
  };
  const lines = text.slice(lineStart).split('\n');
  for (const line of lines.slice(1)) {
    const column = /^ */.exec(line)?.[0].length ?? 0;
    if (line.trim() !== '' && (column < indent || /^ *- /.test(line)) && column <= indent) break;
    if (!note(line)) break;
  }
  if (!isItem)
    for (const line of text.slice(0, lineStart).split('\n').slice(0, -1).toReversed()) if (!note(line)) break;
  return beside;
}

function unquoted(text: string): string {
  return /^(["']).*\1$/.test(text) ? text.slice(1, -1) : text;
}
