import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ObjectStore } from '@cairn/core';
import { fsStore } from '@cairn/node';
import { expect } from 'vitest';

/** The steps whose checkpoint or receipt stands in the task's journal for good. */
async function committedIn(store: ObjectStore): Promise<string[]> {
  const scopes = new Map<string, string>();
  for await (const bytes of store.log('correlations/job/reference/journal')) {
    const record = JSON.parse(new TextDecoder().decode(bytes)) as {
      readonly type: string;
      readonly step: string;
      readonly status?: string;
      readonly manifest?: { readonly scope: string };
    };
    if (record.type === 'complete' && record.manifest !== undefined)
      scopes.set(record.step, record.manifest.scope);
    // An effect is remembered until its task succeeds, and what is of scope correlation is kept until then.
    if (record.type === 'run_ended' && record.status === 'success') scopes.delete('checked');
    if (record.type !== 'forgotten') continue;
    for (const [step, scope] of scopes) if (scope === 'correlation') scopes.delete(step);
  }
  const steps = scopes.keys();
  return [...steps].toSorted();
}

const kinds = [
  /^objects\/[0-9a-f]{64}$/,
  /^cache\/[0-9a-f]{64}\.json$/,
  // The hash of a file is remembered once that is some seconds old.
  /^identities\/[0-9a-f]{64}\.json$/,
  /^correlations\/job\/reference\/journal$/,
  /^runs\/[0-9a-f-]{36}\/journal$/,
  /^records\/(pipeline|process|step|check)_runs\/[0-9a-f-]{36}\.json$/,
];

/** Holds that every run which its journal tells of is in the records, once, and with its steps and checks. */
export async function inspectRecords(folder: string): Promise<void> {
  const store = fsStore({ root: join(folder, 'store') });
  const read = async (table: string, runId: string): Promise<RecordFile['records']> => {
    const bytes = await store.get(`records/${table}/${runId}.json`);
    return bytes === undefined ? [] : (JSON.parse(new TextDecoder().decode(bytes)) as RecordFile).records;
  };
  const evaluated = new Map<string, number>();
  try {
    for await (const bytes of store.log('correlations/job/reference/journal')) {
      const record = JSON.parse(new TextDecoder().decode(bytes)) as JournalRecord;
      const { type, runId, results = [] } = record;
      if (type === 'checked' && runId !== undefined)
        evaluated.set(runId, (evaluated.get(runId) ?? 0) + results.length);
      if (type !== 'run_begun' || runId === undefined) continue;
      evaluated.set(runId, 0);
      const runs = await read('pipeline_runs', runId);
      expect(runs, `the records of ${runId}`).toHaveLength(1);
      const steps = await read('step_runs', runId);
      expect(new Set(steps.map(({ step }) => step)).size).toBe(steps.length);
      const unended = steps.filter(({ error_type: type }) => type === 'Interrupted');
      if (runs[0]?.error_type !== 'Interrupted') expect(unended).toEqual([]);
    }
    for (const [runId, count] of evaluated)
      expect(await read('check_runs', runId), `the checks of ${runId}`).toHaveLength(count);
  } finally {
    await store.close();
  }
}

interface JournalRecord {
  readonly type: string;
  readonly runId?: string;
  readonly results?: readonly unknown[];
}

interface RecordFile {
  readonly records: readonly { readonly step: string; readonly error_type: string | null }[];
}

/** Holds what a dead process left to what may be seen of it; resolves to what it had committed. */
export async function inspect(folder: string, output: Buffer): Promise<string[]> {
  const store = fsStore({ root: join(folder, 'store') });
  try {
    for await (const { key } of store.list('')) {
      expect(
        kinds.some((kind) => kind.test(key)),
        `an unknown key: ${key}`,
      ).toBe(true);
      if (!key.startsWith('objects/')) continue;
      const bytes = (await store.get(key)) as Uint8Array;
      const hash = createHash('sha256').update(bytes).digest('hex');
      expect(key, 'a part is whole').toBe(`objects/${hash}`);
    }
    const path = join(folder, 'out.csv');
    if (existsSync(path)) expect(readFileSync(path).equals(output), 'the file is whole').toBe(true);
    return await committedIn(store);
  } finally {
    await store.close();
  }
}
