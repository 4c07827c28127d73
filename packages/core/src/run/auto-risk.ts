import type { PlannedStep } from '../pipeline/plan.ts';
import type { WorkTime } from './work-clock.ts';

/** The finished work of a run that no checkpoint holds, and that a crash would cost. */
export interface WorkAtRisk {
  /** All of it, in milliseconds, each step from its beginning to its end. */
  readonly total: number;
  /** What of it stands behind a step: its inputs that are kept nowhere, and theirs; the time that each had to itself. */
  behind(step: PlannedStep): number;
  /** A step is done whose table is not kept. */
  add(step: PlannedStep, time: WorkTime): void;
  /** What a step has made is kept: what nobody else needs is no longer at risk. */
  cover(step: PlannedStep): void;
}

/** @param isDone Says whether a step has all that it needs of its inputs. */
export function workAtRisk(
  steps: ReadonlyMap<string, PlannedStep>,
  readersOf: (step: string) => readonly PlannedStep[],
  isDone: (step: string) => boolean,
): WorkAtRisk {
  const work = new Map<string, WorkTime>();
  const self: WorkAtRisk = {
    get total() {
      let sum = 0;
      for (const { whole } of work.values()) sum += whole;
      return sum;
    },
    behind(step) {
      const found = new Map<string, WorkTime>();
      const waiting = [...step.inputs];
      for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
        const time = work.get(name);
        if (time === undefined || found.has(name)) continue;
        found.set(name, time);
        waiting.push(...(steps.get(name)?.inputs ?? []));
      }
      let sum = 0;
      for (const { own } of found.values()) sum += own;
      return sum;
    },
    add: (step, time) => void work.set(step.name, time),
    cover(step) {
      work.delete(step.name);
      const waiting = [step];
      for (let covered = waiting.pop(); covered !== undefined; covered = waiting.pop()) {
        for (const name of covered.inputs) {
          const input = steps.get(name);
          if (input === undefined || !work.has(name)) continue;
          const needs = ({ name: reader }: PlannedStep): boolean =>
            reader !== step.name && (work.has(reader) || !isDone(reader));
          if (readersOf(name).some(needs)) continue;
          work.delete(name);
          waiting.push(input);
        }
      }
    },
  };
  return self;
}
