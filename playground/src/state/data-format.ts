/** What a file is, as far as its name and its first bytes tell. */
export type FoundFormat =
  | {
      readonly type: 'csv' | 'json' | 'parquet' | 'arrow';
      readonly options: Readonly<Record<string, string>>;
    }
  | { readonly type: 'yaml' }
  | { readonly type: 'unknown'; readonly why: string };

/** So many bytes of a file are looked at. */
export const headBytes: number = 2 ** 16;

/** Finds out what a file is. Its types and its rows are for the reader to find. */
export function formatOf(fileName: string, head: Uint8Array): FoundFormat {
  const name = fileName.toLowerCase().replace(/\.gz$/, '');
  const extension = /\.([^.]+)$/.exec(name)?.[1] ?? '';
  if (extension === 'yaml' || extension === 'yml') return { type: 'yaml' };
  const magic = String.fromCharCode(...head.subarray(0, 6));
  if (magic.startsWith('PAR1')) return { type: 'parquet', options: {} };
  if (magic.startsWith('ARROW1') || magic.startsWith('\u00ff\u00ff\u00ff\u00ff'))
    return { type: 'arrow', options: {} };
  if (extension === 'parquet' || extension === 'arrow')
    return {
      type: 'unknown',
      why: `it does not begin as a file of ${extension === 'arrow' ? 'Arrow' : 'Parquet'} does`,
    };
  if (magic.startsWith('PK'))
    return { type: 'unknown', why: 'it is a ZIP archive, or a spreadsheet: save it as CSV' };
  const isPacked = head[0] === 0x1f && head[1] === 0x8b;
  if (isPacked) return packed(extension);

  const { text, encoding } = decoded(head);
  const options = encoding === undefined ? {} : { encoding };
  if (/^(?:json|geojson|ndjson|jsonl)$/.test(extension) || (!isTable(extension) && /^\s*[[{]/.test(text)))
    return { type: 'json', options: { ...options, ...pointerIn(extension, text) } };
  if (!isTable(extension) && (text.includes('\0') || !/[,;\t|]/.test(text.split('\n')[0] ?? '')))
    return { type: 'unknown', why: 'it is neither CSV, JSON, Parquet nor Arrow' };
  const delimiter = delimiterOf(text);
  return { type: 'csv', options: { ...options, ...(delimiter === ',' ? {} : { delimiter }) } };
}

function isTable(extension: string): boolean {
  return /^(?:csv|tsv|tab|txt)$/.test(extension);
}

function packed(extension: string): FoundFormat {
  if (/^(?:json|ndjson|jsonl)$/.test(extension)) return { type: 'json', options: {} };
  if (isTable(extension)) return { type: 'csv', options: extension === 'tsv' ? { delimiter: '\t' } : {} };
  return { type: 'unknown', why: 'it is packed, and its name does not say what is in it' };
}

function decoded(head: Uint8Array): { readonly text: string; readonly encoding: string | undefined } {
  const [first, second] = head;
  // The mark says it to the reader as well.
  if (first === 0xff && second === 0xfe)
    return { text: new TextDecoder('utf-16le').decode(head), encoding: undefined };
  if (first === 0xfe && second === 0xff)
    return { text: new TextDecoder('utf-16be').decode(head), encoding: undefined };
  try {
    // A character may be cut at the end.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
    return { text, encoding: undefined };
  } catch {
    return { text: new TextDecoder('windows-1252').decode(head), encoding: 'windows-1252' };
  }
}

/** The delimiter that is there as often in each of the first lines, outside of quotes. */
function delimiterOf(text: string): string {
  const lines = text
    .replaceAll(/"(?:[^"]|"")*"/g, '')
    .split(/\r?\n/)
    .slice(0, 6)
    .filter((line) => line !== '');
  // The last one may be cut.
  const whole = lines.length > 1 ? lines.slice(0, -1) : lines;
  let best = { delimiter: ',', score: 0 };
  for (const delimiter of [',', ';', '\t', '|']) {
    const counts = whole.map((line) => line.split(delimiter).length - 1);
    const [least, most] = [Math.min(...counts), Math.max(...counts)];
    const score = least === 0 ? 0 : least === most ? least + 100 : least;
    if (score > best.score) best = { delimiter, score };
  }
  return best.delimiter;
}

/** Where the rows of a JSON document are: in the first list of objects, where it is no list and no lines itself. */
function pointerIn(extension: string, text: string): { readonly pointer?: string } {
  if (extension === 'ndjson' || extension === 'jsonl' || !/^\s*\{/.test(text)) return {};
  let [depth, key, found] = [0, '', undefined as string | undefined];
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/g)) {
    if (token.startsWith('"')) {
      if (depth === 1 && /^\s*:/.test(text.slice(index + token.length, index + token.length + 20)))
        key = token;
      continue;
    }
    if (token === '[' && depth === 1 && /^\[\s*\{/.test(text.slice(index, index + 200))) found ??= key;
    depth += token === '[' || token === '{' ? 1 : -1;
    // Another object follows: there is one in each line.
    if (depth === 0 && /^\s*\{/.test(text.slice(index + 1))) return {};
    if (depth === 0) break;
  }
  if (found === undefined) return {};
  const name = String(JSON.parse(found)).replaceAll('~', '~0').replaceAll('/', '~1');
  return { pointer: `/${name}` };
}
