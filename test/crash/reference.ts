import { join } from 'node:path';
import {
  definePipeline,
  effect,
  fanIn,
  sink,
  source,
  sql,
  step,
  type Check,
  type Pipeline,
  type StepHookContext,
} from '@cairn/core';
import { inRange, references } from '@cairn/plugins/checks';
import { fromCsv, toCsv } from '@cairn/plugins/csv';

/** What code of the pipeline did, in order: `<step>` each time it ran. */
export type Diary = string[];

const rows = Array.from({ length: 500 }, (_, at) => `${at},${(at * 7919) % 1000},text ${at % 13}`);
const csv = new TextEncoder().encode(`id,amount,note\n${rows.join('\n')}\n`);

/**
 * The pipeline that crash tests kill: eleven steps of every kind in three processes, every scope, a retry in every run,
 * an effect that fails the first time, and checks: one fails the first time and is retried, one fails each time and warns, one
 * reads another step's table.
 */
export function referencePipeline(folder: string, diary: Diary): Pipeline {
  const tried = { summed: false, large: false };
  const atLast: Check = {
    type: 'atLast',
    name: 'atLast',
    options: {},
    evaluate({ table }) {
      const passed = tried.large;
      tried.large = true;
      return { passed, failingRows: sql`select * from ${table} where id < 9` };
    },
  };
  const orders = source('orders', fromCsv({ bytes: csv }));
  const large = step('large', sql`select * from ${orders} where amount > 500`, {
    retry: { maxAttempts: 2, initialDelayMs: 0 },
    checks: [atLast, inRange('amount', { max: 990, severity: 'warn' })],
  });
  const small = step('small', sql`select * from ${orders} where amount <= 500`, {
    checkpoint: 'correlation',
  });
  const loose = step('loose', sql`select id, amount * 2 as amount, note from ${small}`, {
    checkpoint: false,
  });
  const both = fanIn('both', [large, loose], { checkpoint: 'run' });
  const byNote = step(
    'by_note',
    sql`select note, sum(amount)::bigint as total from ${both} group by note order by note`,
  );
  const summed = step(
    'summed',
    { byNote },
    async ({ byNote }) => {
      diary.push('summed');
      if (!tried.summed) {
        tried.summed = true;
        throw new Error('not yet');
      }
      const table = await byNote.arrow();
      return table
        .toArray()
        .map((row, at) => ({ at, note: String(row['note']), total: row['total'] as bigint }));
    },
    { version: '1', retry: { maxAttempts: 2, initialDelayMs: 0 }, rollback: note(diary) },
  );
  const joined = step(
    'joined',
    sql`select s.*, o.id from ${summed} s join ${orders} o on o.note = s.note order by o.id`,
    { checks: [references('note', byNote, 'note')] },
  );
  const checked = effect(
    'checked',
    { joined },
    async ({ joined }, { attempt, previous }) => {
      diary.push('checked');
      const { numRows } = await joined.arrow();
      // A check that is wrong in the first run, so that this one fails and the next one goes on.
      const expected = attempt === 1 && previous['joined']?.attempts === 1 ? 0 : 500;
      if (numRows !== expected) throw new Error(`${numRows} rows, and not ${expected}`);
      return { rows: numRows };
    },
    {},
  );
  const save = sink('save', joined, toCsv({ path: join(folder, 'out.csv') }), { after: [checked] });
  const notify = effect(
    'notify',
    { byNote },
    async ({ byNote }) => {
      diary.push('notify');
      return { notes: (await byNote.arrow()).numRows };
    },
    { after: [save], reuse: true },
  );
  return definePipeline({
    name: 'reference',
    processes: {
      ingest: [orders, large, small],
      work: [loose, both, byNote, summed, joined],
      deliver: [checked, save, notify],
    },
  });
}

const note =
  (diary: Diary) =>
  ({ attempt }: StepHookContext): void => {
    diary.push(`rollback ${attempt}`);
  };
