import { memoryStore, type RunResult, type StepOutcome } from '@cairn/core';
import { expect, test } from 'vitest';
import { breakableStore } from '../../playground/src/effects/breakable-store.js';
import { createFaults } from '../../playground/src/state/faults.js';
import { createRunMemory } from '../../playground/src/state/run-memory.js';
import type { ResumeShelf, ResumeNotes } from '../../playground/src/state/resume-notes.js';

function result(hashes: Readonly<Record<string, string>>, outcome: StepOutcome['outcome']): RunResult {
  const steps = Object.entries(hashes).map(([step, contentHash]) => [
    step,
    { step, outcome, fingerprint: `of ${step}`, contentHash } as unknown as StepOutcome,
  ]);
  return { steps: new Map(steps as [string, StepOutcome][]) } as unknown as RunResult;
}

function noteShelf(): ResumeShelf & { notes: ResumeNotes } {
  const shelf = {
    notes: {} as ResumeNotes,
    load: async () => shelf.notes,
    save: async (_project: string, notes: ResumeNotes) => {
      shelf.notes = notes;
    },
  };
  return shelf;
}

test('a fault strikes once, at its step', () => {
  const faults = createFaults();
  faults.arm({ kind: 'fail', step: 'late' });
  expect(faults.strike('flights')).toBeUndefined();
  expect(faults.strike('late')).toBe('fail');
  expect(faults.strike('late')).toBeUndefined();
  expect(faults.getSnapshot()).toEqual({ armed: undefined, struck: { kind: 'fail', step: 'late' } });
});

test('what broke a run is gone on with as it was begun, in another page too, and is compared with before', async () => {
  const shelf = noteShelf();
  const faults = createFaults();
  const memory = createRunMemory('p', shelf, faults);
  expect(await memory.begin({})).toEqual({});
  await memory.succeeded(result({ a: '1', b: '2' }, 'complete'));
  expect(memory.resumption.getSnapshot()).toBeUndefined();

  faults.arm({ kind: 'reload', step: 'b' });
  expect(await memory.begin({ include: ['a', 'b'] })).toEqual({ include: ['a', 'b'], cache: 'refresh' });

  const after = createRunMemory('p', shelf, createFaults());
  await after.loaded;
  expect(after.unfinished.getSnapshot()).toMatchObject({ fault: { kind: 'reload' }, include: ['a', 'b'] });
  expect(await after.begin({})).toEqual({ cache: 'refresh' });
  await after.succeeded(result({ a: '1', b: '3', c: '4' }, 'reused'));
  expect(after.resumption.getSnapshot()).toMatchObject({
    fault: { kind: 'reload', step: 'b' },
    reused: 3,
    same: 1,
    different: ['b'],
  });
  expect(after.unfinished.getSnapshot()).toBeUndefined();
  expect(await after.begin({})).toEqual({});
});

test('on a full disk nothing can be written, and everything can be read', async () => {
  let isFull = false;
  const store = breakableStore(memoryStore(), () => isFull);
  const value = new Uint8Array([1]);
  await store.put('a', value);
  isFull = true;
  await expect(store.put('b', value)).rejects.toMatchObject({ code: 'quota_exceeded' });
  await expect(store.append('log', value)).rejects.toMatchObject({ code: 'quota_exceeded' });
  if (store.objects !== undefined) {
    let isReleased = false;
    const { stored } = store.objects.put(value, {
      release: () => {
        isReleased = true;
      },
    });
    await expect(stored).rejects.toMatchObject({ code: 'quota_exceeded' });
    expect(isReleased).toBe(true);
  }
  expect(await store.get('a')).toEqual(value);
  isFull = false;
  expect(await store.put('b', value)).toBe(true);
});
