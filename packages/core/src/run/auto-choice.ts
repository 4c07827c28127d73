import type { CheckpointChoice, ChoiceReason } from '../checkpoint/checkpoint-choice.ts';
import { checkInputs } from '../pipeline/plan-checks.ts';
import type { Plan, PlannedStep } from '../pipeline/plan.ts';

/** What is expected of a table, and what is known of the work behind it. */
export interface ChoiceFacts extends Omit<CheckpointChoice, 'keep' | 'because'> {
  /** The most finished work that a crash may cost, in milliseconds. */
  readonly maxLostWorkMs: number;
  /** True when the step that reads the table reads others too: what led to it was a chain. */
  readonly endsChain: boolean;
}

/** By step, those that read its table, each once: that have it as an input, or whose checks look at it. */
export function readersIn({ steps }: Plan): (name: string) => readonly PlannedStep[] {
  const readers = new Map<string, PlannedStep[]>();
  for (const step of steps) {
    for (const name of new Set([...step.inputs, ...checkInputs(step.checks)])) {
      const list = readers.get(name);
      if (list === undefined) readers.set(name, [step]);
      else list.push(step);
    }
  }
  return (name) => readers.get(name) ?? [];
}

/** Why a step's table is kept whatever it costs; undefined when that is to be weighed. Follows from the plan alone. */
export function fixedReason(step: PlannedStep, readers: readonly PlannedStep[]): ChoiceReason | undefined {
  if (step.volatile === true) return 'volatile';
  if (step.maxAge !== undefined) return 'max_age';
  if (isEnd(readers)) return readers.length === 0 ? 'result' : 'delivered';
  if (readers.length > 1) return 'shared';
  return step.checks.length > 0 ? 'checked' : undefined;
}

/** Says whether a table is what others than steps with tables are waiting for. */
export function isEnd(readers: readonly PlannedStep[]): boolean {
  return readers.length === 0 || readers.some(({ kind }) => kind === 'sink' || kind === 'effect');
}

/**
 * In one run of so many the table is wanted again: after a crash, or when a step behind it was edited. So what is kept for
 * what it took adds a tenth to that at most.
 */
const wantedInRunsOf = 10;

/**
 * Weighs what it costs to keep a table against what it may cost not to. To write it costs each run; that it need only be read,
 * and not be made again, is worth something in those runs alone that want it again.
 */
export function choose(fixed: ChoiceReason | undefined, facts: ChoiceFacts): CheckpointChoice {
  const { maxLostWorkMs, endsChain, ...known } = facts;
  const { computeMs, behindMs, riskMs, writeMs, readMs } = known;
  const least = readMs + wantedInRunsOf * writeMs;
  const because =
    fixed ??
    (computeMs > least
      ? 'costly'
      : endsChain && computeMs + behindMs > least
        ? 'chain'
        : riskMs >= maxLostWorkMs
          ? 'bound'
          : 'cheap');
  return Object.freeze({ keep: because !== 'cheap', because, ...known });
}
