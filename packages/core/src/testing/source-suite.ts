import type { Engine } from '../engine/engine.ts';
import type { ConnectorContext, SourceConnector, SourceRead } from '../pipeline/connector.ts';
import {
  call,
  type Called,
  type ConnectorHost,
  contentOf,
  expectDefined,
  isRefusal,
  load,
  settles,
} from './connector-host.ts';
import { expectEqual, expectThat, type TestFunction } from './expectation.ts';

/** A source in a small world of its own. */
export interface SourceSubject extends ConnectorHost {
  readonly connector: SourceConnector;
  /** How many rows there are. */
  readonly rows: number;
  /** Makes the data another one. Left out by a source whose data cannot change. */
  change?(): Promise<void>;
  /** Takes the data away, so that reading fails. Left out where that cannot be. */
  remove?(): Promise<void>;
  /** Ends the world. */
  end?(): Promise<void>;
}

/** What {@link sourceSuite} needs. */
export interface SourceSuiteOptions {
  /** Registers a test. Tests must run one after the other. */
  readonly test: TestFunction;
  /** What makes tables of what sources read; lent to the suite. */
  readonly engine: Engine;
  /** Makes a source and its world, whose data is always the same; called once a test. */
  create(): Promise<SourceSubject>;
  /**
   * The most bytes that one of the Arrow IPC streams of `read` may have, for a table is not to be in memory as a whole.
   *
   * @default 64 MiB
   */
  readonly maxStreamBytes?: number;
}

/**
 * What every source must do, as tests for any test runner: its identity is that of the bytes that were read, reading again gives the
 * same, what changed is noticed, and cancelling ends it.
 *
 * @example
 * sourceSuite({ test, engine, create: async () => ({ connector: fromNumbers({ count: 3 }), rows: 3 }) });
 */
export function sourceSuite({
  test,
  engine,
  create,
  maxStreamBytes = 64 * 1024 * 1024,
}: SourceSuiteOptions): void {
  const on = (name: string, run: (subject: SourceSubject, called: Called) => Promise<void>): void =>
    test(name, async () => {
      const subject = await create();
      try {
        await run(subject, call(subject.connector, subject));
      } finally {
        await subject.end?.();
      }
    });

  const identityOf = ({ connector }: SourceSubject, called: Called): Promise<string> =>
    called.within((resource) => connector.identity(called.context(resource)));

  /** Reads into a table, and resolves to the identity of what was read. */
  const readInto = (
    name: string,
    { connector }: SourceSubject,
    called: Called,
    between?: () => Promise<void>,
  ): Promise<string> =>
    called.within(async (resource) => {
      const read = await connector.read(called.context(resource));
      await between?.();
      const info = await load(engine, name, read);
      expectThat(typeof read.identity === 'string' && read.identity !== '', 'what was read has an identity');
      if (read.rows !== undefined) expectEqual(info.rows, read.rows, 'the rows that the source announced');
      return read.identity;
    });

  on('says what it is in plain data', async ({ connector }) => {
    expectDefined(connector);
  });

  on('its identity is a text, the same as long as nothing changes', async (subject, called) => {
    const identity = await identityOf(subject, called);
    expectThat(typeof identity === 'string' && identity !== '', 'it is a text of at least one character');
    expectEqual(await identityOf(subject, called), identity, 'the second answer');
  });

  on('what is read has the identity that was said, and all rows', async (subject, called) => {
    const identity = await identityOf(subject, called);
    expectEqual(await readInto('first', subject, called), identity, 'the identity of what was read');
    const { rows } = await engine.createTable(
      { namespace: 'suite', name: 'copy' },
      {
        parts: [
          { kind: 'text', text: 'from ' },
          { kind: 'table', table: { namespace: 'suite', name: 'first' } },
        ],
      },
    );
    expectEqual(rows, subject.rows, 'rows');
  });

  on('read twice, it gives the same table', async (subject, called) => {
    await readInto('first', subject, called);
    await readInto('second', subject, called);
    expectSame(await contentOf(engine, 'first'), await contentOf(engine, 'second'));
  });

  on('two readings at a time do not disturb each other', async ({ connector }, called) =>
    called.within(async (resource) => {
      const reads = await Promise.all([
        connector.read(called.context(resource)),
        connector.read(called.context(resource)),
      ]);
      await load(engine, 'first', reads[0]);
      await load(engine, 'second', reads[1]);
      expectSame(await contentOf(engine, 'first'), await contentOf(engine, 'second'));
    }),
  );

  on('streams are of bounded size', async ({ connector }, called) =>
    called.within(async (resource) => {
      const read = await connector.read(called.context(resource));
      if ('streams' in read.data) {
        for await (const stream of read.data.streams)
          expectThat(stream.length <= maxStreamBytes, `a stream has ${stream.length} bytes`);
      }
      await read.close?.();
    }),
  );

  on('it can be closed without having been used', async ({ connector }, called) =>
    called.within(async (resource) => {
      await (await connector.read(called.context(resource))).close?.();
      await load(engine, 'first', await connector.read(called.context(resource)));
    }),
  );

  on('a change is another identity, of what is read too', async (subject, called) => {
    if (subject.change === undefined) return;
    const before = await identityOf(subject, called);
    await readInto('first', subject, called);
    await subject.change();
    const after = await identityOf(subject, called);
    expectThat(after !== before, 'the identity has changed');
    expectEqual(await readInto('second', subject, called), after, 'the identity of what was read');
    expectThat(
      !isSame(await contentOf(engine, 'first'), await contentOf(engine, 'second')),
      'the table is another one',
    );
  });

  on('a change while it is read is never taken for what was there before', async (subject, called) => {
    const { change } = subject;
    if (change === undefined) return;
    await readInto('first', subject, called);
    const before = await identityOf(subject, called);
    const outcome = await readInto('second', subject, called, change.bind(subject)).catch(
      (error: unknown) => ({ error }),
    );
    if (typeof outcome !== 'string') {
      const said = outcome.error;
      expectThat(
        isRefusal(said, 'invalid_data', 'file_not_readable', 'file_not_found'),
        `it is told as data that changed, and not as ${String(said)}`,
      );
      return;
    }
    expectEqual(outcome, before, 'the identity of what was read before the change');
    expectSame(await contentOf(engine, 'first'), await contentOf(engine, 'second'));
  });

  on('what is not there any more is told', async (subject, called) => {
    if (subject.remove === undefined) return;
    await subject.remove();
    for (const work of [identityOf, (...given: [SourceSubject, Called]) => readInto('first', ...given)]) {
      const error = await settles('reading what is gone', work(subject, called)).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expectThat(
        isRefusal(error, 'file_not_found', 'file_not_readable', 'invalid_data', 'permission_needed'),
        `it is told with a code, and not as ${String(error)}`,
      );
    }
  });

  on('a run that is cancelled reads nothing', async ({ connector }, called) => {
    const controller = new AbortController();
    controller.abort(new Error('enough'));
    const { signal } = controller;
    await called.within(async (resource) => {
      const reading = connector.read(called.context({ ...resource, signal })).then((read) => drain(read));
      const end = await settles('a cancelled reading', reading).then(
        () => 'read',
        () => 'rejected',
      );
      expectEqual(end, 'rejected', 'reading with a signal that is aborted');
    });
  });

  on('cancelling ends a reading that is under way, and the next one is whole', async (subject, called) => {
    const { connector } = subject;
    await readInto('first', subject, called);
    await called.within(async (resource) => {
      const controller = new AbortController();
      const stop = (): void => controller.abort(new Error('enough'));
      const given: Partial<ConnectorContext> = { ...resource, signal: controller.signal, progress: stop };
      const reading = connector.read(called.context(given)).then((read) => drain(read, stop));
      await settles('a cancelled reading', reading).catch(() => undefined);
    });
    await readInto('second', subject, called);
    expectSame(await contentOf(engine, 'first'), await contentOf(engine, 'second'));
  });
}

/** Takes all that a source gives, without an engine. */
async function drain({ data, close }: SourceRead, onFirst?: () => void): Promise<void> {
  try {
    const all = 'streams' in data ? data.streams : 'queries' in data ? data.queries : [];
    for await (const _ of all) onFirst?.();
  } finally {
    await close?.();
  }
}

function isSame(one: readonly Uint8Array[], other: readonly Uint8Array[]): boolean {
  return (
    one.length === other.length &&
    one.every((bytes, index) => {
      const against = other[index];
      return against?.length === bytes.length && bytes.every((byte, at) => byte === against[at]);
    })
  );
}

function expectSame(one: readonly Uint8Array[], other: readonly Uint8Array[]): void {
  expectThat(isSame(one, other), 'both tables are the same, byte by byte');
}
