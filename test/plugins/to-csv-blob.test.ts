import { createHash } from 'node:crypto';
import {
  createRunner,
  definePipeline,
  memoryStore,
  type Pipeline,
  param,
  type SinkConnector,
  sink,
  sql,
  step,
} from '@cairn/core';
import { createNodeEngine } from '@cairn/node';
import { type OutputBlobInfo, toCsv } from '@cairn/plugins/csv';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { contextOf, fails, throws, viewOf, write } from './connecting.ts';

const query = sql.raw(`select 1 a, 'é' b union all select null, ''`);
const text = 'a,b\n1,é\n,""\n';
const sha256 = (content: string): string => createHash('sha256').update(content).digest('hex');
const info = { rows: 2, bytes: Buffer.byteLength(text), sha256: sha256(text) };

/** A sink that keeps what it is given. */
function keeping(): { connector: SinkConnector; blobs: Blob[]; infos: OutputBlobInfo[] } {
  const blobs: Blob[] = [];
  const infos: OutputBlobInfo[] = [];
  const connector = toCsv({
    onBlob: async (blob, about) => {
      blobs.push(blob);
      infos.push(about);
    },
  });
  return { connector, blobs, infos };
}

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('onBlob', () => {
  test('is given the whole file, and what it is', async () => {
    const { connector, blobs, infos } = keeping();
    expect(await write(connector, query)).toEqual(info);
    expect(infos).toEqual([info]);
    expect(await blobs[0]?.text()).toBe(text);
    expect(blobs[0]?.type).toBe('text/csv');
  });

  test('a file of many pieces', async () => {
    const { connector, blobs } = keeping();
    const long = sql.raw(`select i, repeat('x', 90) s from range(300000) r(i)`);
    const receipt = await write(connector, long);
    const content = (await blobs[0]?.text()) ?? '';
    expect(receipt).toEqual({ rows: 300_000, bytes: content.length, sha256: sha256(content) });
    const lines = content.split('\n');
    expect([lines.length, lines[1]?.slice(0, 4), lines[300_000]?.slice(0, 8)]).toEqual([
      300_002,
      '0,xx',
      '299999,x',
    ]);
  });

  test('nothing is given before commit, or after rollback', async () => {
    const { connector, blobs } = keeping();
    const context = contextOf(connector);
    const view = await viewOf(query);
    const [first, second] = [await connector.prepare(view, context), await connector.prepare(view, context)];
    await connector.rollback(first, context);
    await connector.rollback(first, context);
    expect(blobs).toEqual([]);
    await fails(connector.commit(first, context), 'file_not_found', /run-1\/s\/1/);
    await connector.commit(second, context);
    expect(blobs).toHaveLength(1);
    await fails(connector.commit(second, context), 'file_not_found');
    expect(blobs).toHaveLength(1);
  });

  test('what another page had prepared is nothing here', async () => {
    const [before, after] = [keeping(), keeping()];
    const context = contextOf(before.connector);
    const prepared = JSON.parse(JSON.stringify(await before.connector.prepare(await viewOf(query), context)));
    await after.connector.rollback(prepared, context);
    await fails(after.connector.commit(prepared, context), 'file_not_found');
    expect([...before.blobs, ...after.blobs]).toEqual([]);
  });

  test('an error of its own fails the step', async () => {
    const connector = toCsv({
      onBlob: () => {
        throw new Error('no room');
      },
    });
    await expect(write(connector, query)).rejects.toThrow('no room');
  });
});

describe('download', () => {
  /** A page that notes what is done in it. */
  function page(): string[] {
    const done: string[] = [];
    const createElement = (name: string): object => {
      const anchor = {
        href: '',
        download: '',
        click: () => done.push(`click ${name} ${anchor.download} ${anchor.href.replace(/:.*/u, '')}`),
        remove: () => done.push('remove'),
      };
      return anchor;
    };
    vi.stubGlobal('document', { createElement, body: { append: () => done.push('append') } });
    return done;
  }

  test('the browser is asked once, and the URL goes later', async () => {
    const done = page();
    const revoke = vi.spyOn(URL, 'revokeObjectURL');
    const connector = toCsv({ download: 'sums.csv' });
    const context = contextOf(connector);
    const prepared = await connector.prepare(await viewOf(query), context);
    expect(done).toEqual([]);
    vi.useFakeTimers();
    expect(await connector.commit(prepared, context)).toEqual(info);
    expect(done).toEqual(['append', 'click a sums.csv blob', 'remove']);
    expect(revoke).not.toHaveBeenCalled();
    vi.runAllTimers();
    expect(revoke).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(/^blob:/));
  });

  test('without a page it fails before anything is read', async () => {
    const connector = toCsv({ download: 'sums.csv' });
    const view = {
      ...(await viewOf(query)),
      batches: () => {
        throw new Error('it was read');
      },
    };
    await fails(
      connector.prepare(view, contextOf(connector)),
      'invalid_argument',
      /toCsv\.download: it needs a page/,
    );
  });

  test('a name may be a param, and is checked when it comes', async () => {
    page();
    const connector = toCsv({ download: param('name') });
    const context = contextOf(connector, { location: { download: '' } });
    await fails(connector.prepare(await viewOf(query), context), 'invalid_argument', /toCsv\.download/);
  });

  test('run again: a Blob is handed over again, a download is not, unless it is forced', async () => {
    const done = page();
    const runner = createRunner({ store: memoryStore(), engine: createNodeEngine() });
    const run = async (force: readonly string[] = []): Promise<Record<string, unknown>> => {
      const { connector, blobs } = keeping();
      const data = step('data', query);
      const show = sink('show', data, connector);
      const save = sink('save', data, toCsv({ download: 'a.csv' }));
      const pipeline: Pipeline = definePipeline({ name: 'out', processes: { all: [data, show, save] } });
      const result = await runner.run(pipeline, {}, { force });
      const found = (['show', 'save'] as const).map((name) => result.steps.get(name));
      const clicks = done.splice(0).filter((what) => what.startsWith('click')).length;
      return {
        outcomes: found.map((of) => of?.outcome),
        prints: found.map((of) => of?.fingerprint),
        blobs: blobs.length,
        clicks,
      };
    };
    const first = await run();
    expect(first).toMatchObject({ outcomes: ['complete', 'complete'], blobs: 1, clicks: 1 });
    // The function is another one each time.
    expect(await run()).toEqual({ ...first, outcomes: ['complete', 'reused'], clicks: 0 });
    expect(await run(['save'])).toEqual({ ...first, outcomes: ['complete', 'complete'] });
    await runner.close();
  });
});

test('exactly one target', () => {
  throws(() => toCsv({}), /exactly one of path, url, onBlob, download and handle, and was given none/);
  throws(() => toCsv({ path: 'a', download: 'b' }), /path and download/);
  throws(() => toCsv({ download: '' }), /toCsv\.download/);
  // @ts-expect-error it is a function
  throws(() => toCsv({ onBlob: 'a' }), /toCsv\.onBlob: it is a function, and was given a text/);
  // @ts-expect-error a function is no param
  throws(() => toCsv({ onBlob: param('a') }), /toCsv\.onBlob/);
});
