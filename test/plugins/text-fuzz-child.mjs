// Drains a source of a file that is made up on the way, and tells how much memory that took:
// node text-fuzz-child.mjs csv|json rows|line|open|depth MiB
import { silentLogger } from '@cairn/core';
import { fromCsv } from '@cairn/plugins/csv';
import { fromJson } from '@cairn/plugins/json';

const [connector, content, mebibytes] = process.argv.slice(2);
const size = Number(mebibytes) * 1024 * 1024;
const csv = connector === 'csv';

const text = {
  rows: () => (csv ? '12345,"some, text",2020-01-01\n' : '{"n":12345,"t":"some, text","l":[1,{"x":2}]}\n'),
  line: () => 'x',
  open: () => 'x,\n',
  depth: () => '[',
}[content]();
const begin = {
  rows: csv ? 'n,t,d\n' : '',
  line: csv ? 'a,b\n1,' : '{"a":"',
  open: csv ? 'a,b\n1,"' : '[{"a":"',
  depth: csv ? 'a,b\n' : '{"a":',
}[content];
const piece = Buffer.from(text.repeat(Math.ceil((1024 * 1024) / text.length)));
const first = Buffer.from(begin);
// A file handle's worth of a file: only what is asked for is made.
const file = {
  size: first.length + Math.floor(size / piece.length) * piece.length,
  name: 'made-up',
  lastModified: 0,
  slice: (start = 0, end = file.size) => ({
    size: end - start,
    arrayBuffer: async () => rangeOf(start, Math.min(end, file.size)),
  }),
  arrayBuffer: async () => rangeOf(0, file.size),
};

function rangeOf(start, end) {
  const bytes = new Uint8Array(Math.max(0, end - start));
  for (let at = start; at < end;) {
    const source = at < first.length ? first : piece;
    const offset = at < first.length ? at : (at - first.length) % piece.length;
    const part = source.subarray(offset, Math.min(source.length, offset + end - at));
    bytes.set(part, at - start);
    at += part.length;
  }
  return bytes.buffer;
}

const source = (csv ? fromCsv : fromJson)({ file });
const { signal } = new AbortController();
const context = {
  pipeline: 'p',
  step: 's',
  runId: 'r',
  location: source.location,
  options: source.options,
  signal,
  logger: silentLogger,
  files: undefined,
  fileHash: async () => '',
  progress: () => undefined,
};
let outcome;
try {
  const read = await source.read(context);
  let bytes = 0;
  for await (const { files } of read.data.queries) {
    for (const given of Object.values(files)) bytes += given.bytes.length;
  }
  await read.close?.();
  outcome = `${read.rows} rows, ${bytes} bytes`;
} catch (error) {
  outcome = `${error.code}: ${error.message}`;
}
console.log(JSON.stringify({ peak: Math.round(process.resourceUsage().maxRSS / 1024), outcome }));
