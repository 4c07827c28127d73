import type { Plan, TaskCatalog } from '@cairn/core';
import { expect, test } from 'vitest';
import { interruptionOf } from '../../playground/src/state/interruption.js';

/** What of a plan and of a task's states it reads, as a page that was reloaded has left them. */
const plan = {
  steps: [
    { name: 'late', inputs: [] },
    { name: 'smoothed', inputs: ['late'] },
    { name: 'by_distance', inputs: ['late'] },
    { name: 'ranked', inputs: ['smoothed'] },
  ],
} as unknown as Plan;
const tasks = (steps: Readonly<Record<string, string>>): TaskCatalog =>
  ({
    get: async () => ({
      status: 'running',
      steps: Object.entries(steps).map(([step, status]) => ({ step, status, at: '2026-11-27T00:00:00Z' })),
    }),
  }) as unknown as TaskCatalog;

test('a run was interrupted at what was at work, noted or not yet', async () => {
  const at = async (steps: Readonly<Record<string, string>>): Promise<unknown> =>
    interruptionOf(tasks(steps), 'one', { plan, unfinished: undefined });
  expect(await at({ late: 'complete', by_distance: 'running' })).toEqual({
    at: ['smoothed', 'by_distance'],
    finished: 1,
  });
  // A step may be noted before what it reads is finished.
  expect(await at({ late: 'running', smoothed: 'running' })).toEqual({
    at: ['late', 'smoothed'],
    finished: 0,
  });
});
