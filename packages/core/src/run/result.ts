import type { Table } from 'apache-arrow';
import type { CairnError } from '../errors/cairn-error.ts';
import { checkpointNotFound } from '../errors/run-errors.ts';
import { unknownStep } from '../errors/pipeline-errors.ts';
import { readParts } from '../checkpoint/parts.ts';
import { tableOfStreams } from '../checkpoint/arrow-tables.ts';
import type { Session } from './session.ts';
import type { StepOutcome } from './step-outcome.ts';

/** How a run ended, and how to get at its tables. `Steps` are the names of the pipeline's steps with tables. */
export interface RunResult<Steps extends string = string> {
  readonly status: 'success' | 'failed';
  /** `partial` when the run did not succeed but has what some steps made: complete, or reused. */
  readonly outcome: 'success' | 'partial' | 'failed';
  readonly pipeline: string;
  readonly runId: string;
  readonly correlationId: string | null;
  readonly attempt: number;
  /** Milliseconds. */
  readonly durationMs: number;
  /** Every step of the pipeline, in the order of the plan. */
  readonly steps: ReadonlyMap<string, StepOutcome>;
  /**
   * A step's whole table, read from its checkpoint and verified; needs no engine. Types that Arrow lacks (HUGEINT,
   * UUID, ENUM, BIT, TIMETZ) come as text.
   *
   * @throws CairnError `unknown_step`, `checkpoint_not_found` (naming the scope), `checkpoint_damaged`
   */
  table(step: Steps): Promise<Table>;
}

const hasOutput = ({ outcome }: StepOutcome): boolean => outcome === 'complete' || outcome === 'reused';

export function runResult(session: Session, status: RunResult['status'], durationMs: number): RunResult {
  const { plan, runId, correlationId, attempt, outcomes, states, parts } = session;
  const steps = new Map(
    plan.steps.flatMap(({ name }) => {
      const outcome = outcomes.get(name);
      return outcome === undefined ? [] : [[name, outcome] as const];
    }),
  );
  const manifests = new Map([...states].map(([name, state]) => [name, state.manifest]));
  return Object.freeze({
    status,
    outcome: status === 'failed' && [...steps.values()].some(hasOutput) ? 'partial' : status,
    pipeline: plan.pipeline,
    runId,
    correlationId,
    attempt,
    durationMs,
    steps,
    async table(name: string) {
      const step = session.steps.get(name);
      if (step === undefined) throw unknownStep(name, [...session.steps.keys()]);
      const { kind, checkpoint } = step;
      const manifest = manifests.get(name);
      const cannot = (why: string): CairnError => checkpointNotFound(name, `can be read: ${why}`);
      if (kind === 'sink' || kind === 'effect') throw cannot(`a step of kind '${kind}' has no table`);
      if (checkpoint === false) throw cannot("its option 'checkpoint' is false");
      if (manifest === undefined) {
        const { outcome = 'not reached', checkpoint } = outcomes.get(name) ?? {};
        const chosen = checkpoint?.keep === false || (step.auto && outcome === 'skipped');
        throw cannot(`in this run it was ${outcome}${chosen ? ", and 'auto' keeps no table of it" : ''}`);
      }
      if (checkpoint === 'run' || (checkpoint === 'correlation' && session.forgotten.has(checkpoint))) {
        throw cannot(`scope '${checkpoint}' has ended`);
      }
      return tableOfStreams(readParts(parts.store, manifest));
    },
  });
}
