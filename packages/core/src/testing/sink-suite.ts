import type { Engine } from '../engine/engine.ts';
import type { ConnectorContext, Receipt, SinkConnector } from '../pipeline/connector.ts';
import type { Sql } from '../pipeline/sql.ts';
import { call, type Called, expectDefined, settles } from './connector-host.ts';
import { expectEqual, expectThat, type TestFunction } from './expectation.ts';
import { type SinkSubject, tables, viewOf } from './sink-world.ts';

/** What a sink claims; nothing is asked of it that it does not claim. */
export interface SinkSupport {
  /** What it has prepared can be committed by another process. @default true */
  readonly survivesProcess?: boolean;
  /** `verify` finds out that the target is not any more what was written. @default true */
  readonly verifies?: boolean;
  /** Equal tables give equal outputs. @default true */
  readonly repeatable?: boolean;
}

/** What {@link sinkSuite} needs. */
export interface SinkSuiteOptions {
  /** Registers a test. Tests must run one after the other. */
  readonly test: TestFunction;
  /** What makes the tables that are written, of the columns `id` BIGINT and `name` VARCHAR; lent to the suite. */
  readonly engine: Engine;
  /** Makes a sink and its world; called once a test. */
  create(): Promise<SinkSubject>;
  readonly supports?: SinkSupport;
}

/**
 * What every sink must do, as tests for any test runner: whatever is killed and whenever, the old output stands or the new one; what was
 * prepared can be taken back; and a receipt tells whether the output is still there.
 *
 * @example
 * sinkSuite({ test, engine, create: async () => ({ connector: toBox(box), again: () => toBox(box), current: async () => box.text }) });
 */
export function sinkSuite({ test, engine, create, supports = {} }: SinkSuiteOptions): void {
  const { survivesProcess = true, verifies = true, repeatable = true } = supports;

  const on = (name: string, run: (subject: SinkSubject, called: Called) => Promise<void>): void =>
    test(name, async () => {
      const subject = await create();
      try {
        await run(subject, call(subject.connector, subject));
      } finally {
        await subject.end?.();
      }
    });

  const prepare = async (
    connector: SinkConnector,
    called: Called,
    query: Sql,
    given: Partial<ConnectorContext> = {},
    afterSlice?: () => void,
  ): Promise<Receipt> => {
    const view = await viewOf(engine, query, afterSlice === undefined ? {} : { afterSlice });
    return called.within((resource) => connector.prepare(view, called.context({ ...resource, ...given })));
  };

  const commit = (connector: SinkConnector, called: Called, prepared: Receipt): Promise<Receipt> =>
    called.within((resource) => connector.commit(stored(prepared), called.context(resource)));

  const rollback = (connector: SinkConnector, called: Called, prepared: Receipt): Promise<void> =>
    called.within((resource) => connector.rollback(stored(prepared), called.context(resource)));

  const verify = (connector: SinkConnector, called: Called, receipt: Receipt): Promise<boolean> =>
    called.within((resource) => connector.verify(stored(receipt), called.context(resource)));

  const write = async ({ connector }: SinkSubject, called: Called, query: Sql): Promise<Receipt> =>
    commit(connector, called, await prepare(connector, called, query));

  const expectNothingAside = async ({ aside }: SinkSubject, when: string): Promise<void> => {
    if (aside !== undefined) expectEqual(await aside(), [], `what is left beside the target ${when}`);
  };

  on('says what it is in plain data', async ({ connector }) => {
    expectDefined(connector);
  });

  on('what is prepared is not seen before the commit, and then all of it', async (subject, called) => {
    const { connector } = subject;
    const prepared = await prepare(connector, called, tables.one);
    expectEqual(await subject.current(), undefined, 'the target after prepare');
    const receipt = await commit(connector, called, prepared);
    expectThat((await subject.current()) !== undefined, 'the output is there');
    expectEqual(stored(receipt), receipt, 'the receipt as it is stored');
    await expectNothingAside(subject, 'after the commit');
    if (verifies) expectEqual(await verify(connector, called, receipt), true, 'verify');
  });

  on('another table replaces the output', async (subject, called) => {
    const first = await write(subject, called, tables.one);
    const before = await subject.current();
    const prepared = await prepare(subject.connector, called, tables.other);
    expectEqual(await subject.current(), before, 'the target while another is prepared');
    const second = await commit(subject.connector, called, prepared);
    expectThat((await subject.current()) !== before, 'the output is another one');
    if (!verifies) return;
    expectEqual(await verify(subject.connector, called, first), false, 'verify with the old receipt');
    expectEqual(await verify(subject.connector, called, second), true, 'verify with the new receipt');
  });

  on('the same table is the same output', async (subject, called) => {
    if (!repeatable) return;
    const first = await write(subject, called, tables.one);
    const before = await subject.current();
    expectEqual(await write(subject, called, tables.one), first, 'the second receipt');
    expectEqual(await subject.current(), before, 'the second output');
  });

  on('a table without rows is an output', async (subject, called) => {
    await write(subject, called, tables.none);
    expectThat((await subject.current()) !== undefined, 'the output is there');
  });

  on('a big table is taken in slices', async (subject, called) => {
    await write(subject, called, tables.big);
    expectThat((await subject.current()) !== undefined, 'the output is there');
  });

  on('what was prepared can be taken back, more than once', async (subject, called) => {
    await write(subject, called, tables.one);
    const before = await subject.current();
    const prepared = await prepare(subject.connector, called, tables.other);
    for (let time = 0; time < 2; time += 1) await rollback(subject.connector, called, prepared);
    expectEqual(await subject.current(), before, 'the target after the rollback');
    await expectNothingAside(subject, 'after the rollback');
    await write(subject, called, tables.other);
    expectThat((await subject.current()) !== before, 'a later write counts');
  });

  on('killed between prepare and commit, the old output stands', async (subject, called) => {
    await write(subject, called, tables.one);
    const before = await subject.current();
    const prepared = await prepare(subject.connector, called, tables.other);
    const next = subject.again();
    const elsewhere = call(next, subject);
    expectEqual(await subject.current(), before, 'the target as the next process finds it');
    await rollback(next, elsewhere, prepared);
    expectEqual(await subject.current(), before, 'the target after the rollback');
    if (survivesProcess) await expectNothingAside(subject, 'after the rollback');
    await commit(next, elsewhere, await prepare(next, elsewhere, tables.other));
    expectThat((await subject.current()) !== before, 'the next process writes');
  });

  on('committed by another process', async (subject, called) => {
    if (!survivesProcess) return;
    const prepared = await prepare(subject.connector, called, tables.one);
    const next = subject.again();
    const receipt = await commit(next, call(next, subject), prepared);
    if (verifies) expectEqual(await verify(next, call(next, subject), receipt), true, 'verify');
  });

  on('killed after the commit, it may be committed again', async (subject, called) => {
    if (!survivesProcess) return;
    const prepared = await prepare(subject.connector, called, tables.one);
    const receipt = await commit(subject.connector, called, prepared);
    const output = await subject.current();
    const next = subject.again();
    expectEqual(await commit(next, call(next, subject), prepared), receipt, 'the receipt of the second time');
    expectEqual(await subject.current(), output, 'the output');
  });

  on('a table that fails half-way leaves the old output, and nothing aside', async (subject, called) => {
    await write(subject, called, tables.one);
    const before = await subject.current();
    const preparing = prepare(subject.connector, called, tables.big, {}, () => {
      throw new Error('the table is gone');
    });
    const error = await preparing.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expectThat(
      String(error).includes('the table is gone'),
      `it fails for the reason that it was given: ${error}`,
    );
    expectEqual(await subject.current(), before, 'the target');
    await expectNothingAside(subject, 'after the failure');
  });

  on('a run that is cancelled writes nothing', async (subject, called) => {
    const controller = new AbortController();
    const stop = (): void => controller.abort(new Error('enough'));
    const preparing = prepare(subject.connector, called, tables.big, { signal: controller.signal }, stop);
    const end = await settles('a cancelled writing', preparing).then(
      () => 'prepared',
      () => 'rejected',
    );
    expectEqual(end, 'rejected', 'preparing with a signal that is aborted half-way');
    expectEqual(await subject.current(), undefined, 'the target');
    await expectNothingAside(subject, 'after the cancellation');
  });

  on('two runs that prepare at a time do not mix', async (subject, called) => {
    const { connector } = subject;
    const [one, other] = [
      await prepare(connector, called, tables.one),
      await prepare(connector, called, tables.other),
    ];
    const first = await commit(connector, called, one);
    const output = await subject.current();
    const second = await commit(connector, called, other);
    expectThat((await subject.current()) !== output, 'the later commit counts');
    if (!verifies) return;
    expectEqual(await verify(connector, called, first), false, 'verify of the earlier one');
    expectEqual(await verify(connector, called, second), true, 'verify of the later one');
  });

  on('what was changed or taken away is found out', async (subject, called) => {
    if (!verifies) return;
    for (const harm of [subject.tamper, subject.remove]) {
      if (harm === undefined) continue;
      const receipt = await write(subject, called, tables.one);
      expectEqual(await verify(subject.connector, called, receipt), true, 'verify before');
      await harm.call(subject);
      expectEqual(await verify(subject.connector, called, receipt), false, 'verify after');
    }
  });
}

/** As it is in the store, and comes back from there. */
function stored(receipt: Receipt): Receipt {
  return JSON.parse(JSON.stringify(receipt)) as Receipt;
}
