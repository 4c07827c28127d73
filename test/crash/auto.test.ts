import { createRunner, definePipeline, fanIn, sql, step, type CairnEvent, type Pipeline } from '@cairn/core';
import { expect, test } from 'vitest';
import { fakeClock, type FakeClock } from '../run/fake-clock.js';
import { lastingStore, sharedEngine } from '../run/fixtures.js';
import { mortalStore, type Death } from './mortal-store.js';

const engine = sharedEngine();
// Milliseconds. What takes longer than small tables to write and to read is kept for that.
const length = 15;
const maxLostWorkMs = 45;
const never = (): Promise<void> => Promise.resolve();

/** Two chains of six steps of 15 ms, and what is made of both. What its code did is in `diary`. */
function chains(clock: FakeClock, diary: string[]): Pipeline {
  const start = step('start', sql`select 1::integer as n`, { checkpoint: 'auto' });
  const chain = (side: string) => {
    let last: typeof start = start;
    const made = [];
    for (let at = 0; at < 6; at += 1) {
      const name = `${side}_${at}`;
      const next = step(
        name,
        { last },
        async ({ last: table }) => {
          const [row] = (await table.arrow()).toArray();
          clock.advance(length);
          diary.push(name);
          return [{ n: Number(row?.['n']) + 1 }];
        },
        { checkpoint: 'auto', version: '1' },
      );
      made.push(next);
      last = next as never;
    }
    return { made, last };
  };
  const [left, right] = [chain('left'), chain('right')];
  const both = fanIn('both', [left.last, right.last], { checkpoint: 'auto' });
  return definePipeline({
    name: 'chains',
    processes: { main: [start, ...left.made, ...right.made, both] },
  });
}

interface Life {
  readonly operations: readonly string[];
  readonly events: readonly CairnEvent[];
  /** Steps whose code came to its end. */
  readonly diary: readonly string[];
  /** Undefined when it died. */
  readonly hash: string | undefined;
}

async function live(
  store: ReturnType<typeof lastingStore>,
  death: Death | undefined,
  concurrency: number,
): Promise<Life> {
  const clock = fakeClock();
  const diary: string[] = [];
  const events: CairnEvent[] = [];
  const mortal = mortalStore(store, death, { tear: never, kill: undefined });
  const runner = createRunner({
    store: mortal.store,
    engine,
    clock,
    concurrency,
    maxLostWorkMs,
    observers: [{ name: 'crash', onEvent: (event) => void events.push(event) }],
  });
  const running = runner
    .run(chains(clock, diary), undefined, { correlationId: 'job' })
    .then(({ steps }) => steps.get('both')?.contentHash);
  const hash = await Promise.race([running, mortal.dead.then(() => undefined)]);
  running.catch(() => undefined);
  if (hash !== undefined) await runner.close();
  // Whatever it was about to do when it died.
  else await new Promise((resolve) => setTimeout(resolve, 5));
  return { operations: mortal.operations, events, diary: [...diary], hash };
}

const doneIn = ({ events }: Life): string[] =>
  events.flatMap((event) => (event.type === 'step_end' && event.status === 'success' ? [event.step] : []));

test.each([1, 4])(
  'ended at every operation of its store, with %i at a time, it resumes to the same, and a crash costs no more than it may',
  async (concurrency) => {
    const whole = await live(lastingStore(), undefined, concurrency);
    expect(whole.diary).toHaveLength(12);
    let worst = 0;
    for (const when of ['before', 'after'] as const) {
      for (let at = 1; at <= whole.operations.length; at += when === 'before' ? concurrency : 4) {
        const store = lastingStore();
        const first = await live(store, { at, when }, concurrency);
        const second = await live(store, undefined, concurrency);
        const what = `${when} operation ${at}, ${whole.operations[at - 1]}`;
        expect(second.hash, what).toBe(whole.hash);
        const kept = first.events.flatMap((event) =>
          event.type === 'checkpoint_written' ? [event.step] : [],
        );
        const again = doneIn(second);
        expect(
          again.filter((step) => kept.includes(step)),
          `${what}: made again although kept`,
        ).toEqual([]);
        // What was being committed at that moment comes on top.
        const lost = doneIn(first).filter((step) => second.diary.includes(step)).length * length;
        worst = Math.max(worst, lost);
        expect(lost, what).toBeLessThanOrEqual(maxLostWorkMs);
      }
    }
    // It is not for want of trying: tables were left out, and made again.
    expect(worst).toBeGreaterThanOrEqual(length);
    console.info(`at most ${worst} ms of ${12 * length} ms were lost`);
  },
  400_000,
);
