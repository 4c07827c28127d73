import { isCairnError, stageMoves, transition, type StageEvent, type StageState } from '@cairn/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const statuses = ['unbound', 'created', 'running', 'retry', 'error', 'complete', 'canceled'] as const;
const types = Object.keys(stageMoves) as (keyof typeof stageMoves)[];

/** SEMANTICS, part 3: from what to what, by which event. */
const allowed: Readonly<Record<string, string>> = {
  'unbound bind': 'created',
  'created start': 'running',
  'retry start': 'running',
  'running complete': 'complete',
  'created reuse': 'complete',
  'retry reuse': 'complete',
  'error reuse': 'complete',
  'canceled reuse': 'complete',
  'running retry': 'retry',
  'running recover': 'retry',
  'running fail': 'error',
  'retry fail': 'error',
  'created cancel': 'canceled',
  'running cancel': 'canceled',
  'retry cancel': 'canceled',
  'error rerun': 'retry',
  'canceled rerun': 'retry',
  ...Object.fromEntries(statuses.map((status) => [`${status} reset`, 'created'])),
  ...Object.fromEntries(statuses.map((status) => [`${status} note`, status])),
};

const arbitraryTime = fc.integer({ min: 0, max: 4_000_000_000_000 });
const arbitraryState = (status: StageState['status']): fc.Arbitrary<StageState> =>
  fc.record({
    stage: fc.constant('stage'),
    status: fc.constant(status),
    attempts: fc.nat(20),
    history: fc.array(
      fc.record({
        message: fc.string(),
        status: fc.constantFrom(...statuses),
        begin: fc.constant('2026-01-01T00:00:00.000Z'),
        end: fc.constantFrom(null, '2026-01-01T00:00:01.000Z'),
        runId: fc.string(),
        attempt: fc.nat(),
      }),
      { maxLength: 100 },
    ),
    result: fc.jsonValue() as fc.Arbitrary<StageState['result']>,
    fingerprint: fc.constantFrom(undefined, 'before'),
    manifest: fc.constantFrom(undefined, 'key before'),
    since: arbitraryTime,
  });
const arbitraryEvent = (type: StageEvent['type']): fc.Arbitrary<StageEvent> =>
  fc.record({
    type: fc.constant(type),
    message: fc.string(),
    at: arbitraryTime,
    runId: fc.string(),
    attempt: fc.integer({ min: 1, max: 9 }),
    fingerprint: fc.constant('after'),
    manifest: fc.constant('key after'),
    result: fc.jsonValue() as fc.Arbitrary<StageState['result']>,
  });

describe.each(statuses)('a stage that is %s', (status) => {
  test.each(types)('at %s', (type) => {
    const to = allowed[`${status} ${type}`];
    fc.assert(
      fc.property(arbitraryState(status), arbitraryEvent(type), (state, event) => {
        const before = structuredClone(state);
        if (to === undefined) {
          try {
            transition(state, event);
          } catch (error) {
            if (!isCairnError(error, 'invalid_transition')) throw error;
            expect(error.details).toEqual({ stage: 'stage', status, event: type });
            expect(state).toEqual(before);
            return;
          }
          throw new Error('it moved');
        }
        const next = transition(state, event);
        expect(state).toEqual(before);
        expect(Object.isFrozen(next)).toBe(true);
        expect(next.status).toBe(to);
        expect(next.attempts).toBe(state.attempts + (type === 'start' ? 1 : 0));
        expect(next.history).toHaveLength(Math.min(100, state.history.length + 1));
        const last = next.history.at(-1);
        expect(last).toMatchObject({ message: event.message, status: to, runId: event.runId });
        expect(last?.end === null).toBe(type === 'start');
        if (type === 'complete')
          expect([last?.begin, last?.end]).toEqual([
            new Date(state.since).toISOString(),
            new Date(event.at).toISOString(),
          ]);
        if (type === 'note') {
          expect({ ...next, history: [] }).toEqual({ ...state, history: [] });
        } else {
          expect(next.since).toBe(event.at);
          if (to === 'complete') expect(next).toMatchObject({ fingerprint: 'after', manifest: 'key after' });
          else expect([next.fingerprint, next.manifest]).toEqual([state.fingerprint, state.manifest]);
          if (to === 'complete') expect(next.result).toEqual(event.result ?? null);
          if (to === 'created') expect(next.result).toBeNull();
        }
      }),
      { numRuns: 40, seed: 4 },
    );
  });
});

test('times in a history are those of the stage’s time zone', () => {
  const state = { stage: 's', status: 'created', attempts: 0, history: [], result: null, since: 0 } as const;
  const event: StageEvent = {
    type: 'start',
    message: '',
    at: Date.UTC(2026, 6, 1, 12),
    runId: 'r',
    attempt: 1,
  };
  const begin = (timezone?: string): string | undefined =>
    transition(state, event, timezone).history.at(-1)?.begin;
  expect(begin()).toBe('2026-07-01T12:00:00.000Z');
  expect(begin('Europe/Berlin')).toBe('2026-07-01T14:00:00.000+02:00');
  expect(begin('America/St_Johns')).toBe('2026-07-01T09:30:00.000-02:30');
});
