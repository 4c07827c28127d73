import { silentLogger, type ConnectorContext, type SourceConnector } from '@cairn/core';
import { fromCsv } from '@cairn/plugins/csv';
import { fromJson, toJson } from '@cairn/plugins/json';
import { createWebEngine } from '@cairn/web';
import { duckDbAssets } from '@cairn/web/assets';
import { tableFromIPC } from 'apache-arrow';
import { afterAll, expect, test } from 'vitest';

const engine = createWebEngine({ assets: duckDbAssets });
afterAll(() => engine.close());

const table = { namespace: 'test', name: 'data' };
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

async function gzip(text: string): Promise<Uint8Array> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function contextOf({ location, options }: Pick<SourceConnector, 'location' | 'options'>): ConnectorContext {
  return {
    pipeline: 'p',
    step: 's',
    runId: 'run-1',
    location,
    options,
    signal: new AbortController().signal,
    logger: silentLogger,
    files: undefined,
    fileHash: () => Promise.reject(new Error('no files')),
    progress: () => undefined,
  };
}

/** What the table of a source holds, as text. */
async function read(connector: SourceConnector): Promise<unknown> {
  const { data, close } = await connector.read(contextOf(connector));
  if (!('queries' in data)) throw new Error('queries are expected');
  const { queries } = data;
  async function* pieces() {
    for await (const { query, files } of queries) yield { query: { parts: query.chunks as never }, files };
  }
  const { columns } = await engine.createTableOf(table, pieces());
  await close?.();
  const text = 'select columns(*)::varchar from test.data';
  const found = await engine.query({ parts: [{ kind: 'text', text }] });
  return [columns.map(({ name, type }) => `${name} ${type}`).join(', '), found.toArray().map(String)];
}

test('CSV: encodings, gzip and rejected rows are the same as in Node', async () => {
  const expected = ['a BIGINT, b VARCHAR', ['{"a": "1", "b": "é€"}']];
  const latin = Uint8Array.from([...bytesOf('a,b\n1,'), 0xe9, 0x80, 10]);
  expect(await read(fromCsv({ bytes: latin, encoding: 'latin1' }))).toEqual(expected);
  expect(await read(fromCsv({ bytes: await gzip('\ufeffa,b\r\n1,é€\r\n') }))).toEqual(expected);
  const bad = fromCsv({ bytes: bytesOf('a,b\n1,é€\n2\n'), badRows: 'collect' });
  expect(await read(bad)).toEqual(expected);
  expect(await read(bad.rejected)).toEqual([
    'line BIGINT, reason VARCHAR, raw VARCHAR',
    ['{"line": "3", "reason": "the line has 1 field, and the header has 2", "raw": "2"}'],
  ]);
  const damaged = (await gzip('a,b\n1,2\n')).slice(0, -4);
  await expect(read(fromCsv({ bytes: damaged }))).rejects.toMatchObject({
    code: 'invalid_data',
    message: expect.stringMatching(/no whole gzip file/),
  });
});

test('JSON: nested values, and what toJson writes of them', async () => {
  const row = { n: 9007199254740991, s: { a: ["it's", null], b: { c: 1.5 } }, t: 'é"\\\n' };
  const text = `${JSON.stringify(row)}\n`.repeat(3000);
  const [columns, rows] = (await read(fromJson({ bytes: bytesOf(text) }))) as [string, string[]];
  expect(columns).toBe('n BIGINT, s STRUCT(a VARCHAR[], b STRUCT(c DOUBLE)), t VARCHAR');
  expect(rows).toHaveLength(3000);

  let written = '';
  const sink = toJson({
    format: 'lines',
    onBlob: async (blob) => {
      written = await blob.text();
    },
  });
  const context = contextOf(sink);
  const view = {
    name: 'data',
    rows: 3000,
    columns: columns.split(/, (?=[nst] )/u).map((column) => ({
      name: column.slice(0, 1),
      type: column.slice(2),
      nullable: true,
    })),
    arrow: () => Promise.reject(new Error('not needed')),
    streams: () => {
      throw new Error('not needed');
    },
    async *batches(select: { readonly chunks: unknown } | undefined) {
      const parts = [
        { kind: 'text', text: 'select ' },
        ...((select?.chunks ?? []) as readonly object[]),
        { kind: 'text', text: ' from test.data' },
      ];
      const slices = { namespace: 'test', name: 'slices' };
      await engine.createTable(slices, { parts: parts as never });
      for await (const part of engine.exportParts(slices)) yield tableFromIPC(part.bytes);
    },
  };
  await sink.commit(await sink.prepare(view, context), context);
  // A line break is written as \u000a.
  expect(written.replaceAll('\\u000a', '\\n')).toBe(text);
});
