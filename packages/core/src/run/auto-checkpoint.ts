import type { CheckpointChoice } from '../checkpoint/checkpoint-choice.ts';
import type { CompleteRecord } from '../checkpoint/journal-record.ts';
import type { Manifest, ManifestPart } from '../checkpoint/manifest.ts';
import type { PlannedStep } from '../pipeline/plan.ts';
import { choose, fixedReason, isEnd, readersIn } from './auto-choice.ts';
import { demandOf } from './auto-demand.ts';
import { workAtRisk } from './auto-risk.ts';
import { expectedBytes, storingSpeeds } from './auto-speeds.ts';
import { isUnstored, type Made } from './commit.ts';
import type { Decision } from './reuse.ts';
import type { Session } from './session.ts';
import { workClock, type WorkTime } from './work-clock.ts';

/** What chooses, in one run, which tables of steps with `checkpoint: 'auto'` are kept (docs/performance.md). */
export interface AutoCheckpoints {
  /** Says whether a step that has to run waits until its table is asked for, which may be never. */
  waits(step: PlannedStep, decision: Decision): Promise<boolean>;
  /** Does a step's own work, and measures it. */
  making<Value>(step: PlannedStep, work: () => Promise<Value>): Promise<Value>;
  /** The same for bringing back a table. */
  reading<Value>(bytes: number, work: () => Promise<Value>): Promise<Value>;
  /** The same for taking one out of the engine: what is done behind that keeps nobody waiting. */
  writing<Written extends { readonly parts: readonly ManifestPart[] }>(
    step: PlannedStep,
    work: () => Promise<Written>,
  ): Promise<Written>;
  /** Chooses whether what a step has made is kept; undefined where there is nothing to choose. */
  choose(step: PlannedStep, made: Made, volatile: boolean): CheckpointChoice | undefined;
  /** What was chosen in this run, by step. */
  readonly choices: ReadonlyMap<string, CheckpointChoice>;
  /** What the log is to know of it. */
  noted(step: string, manifest: Manifest | undefined): Pick<CompleteRecord, 'choice' | 'components'>;
  /** What a step has made is kept, for good. */
  kept(step: PlannedStep): void;
}

export function autoCheckpoints(session: Session): AutoCheckpoints {
  const { plan, journal, steps } = session;
  const readers = readersIn(plan);
  const clock = workClock(session.parts.now);
  const speeds = storingSpeeds(Array.from(journal.choices.values(), ({ choice }) => choice));
  const demand = demandOf(session, readers);
  const risk = workAtRisk(steps, readers, (name) => session.outcomes.has(name));
  const spent = new Map<string, WorkTime>();
  const choices = new Map<string, CheckpointChoice>();
  const awaited = new Set(plan.steps.flatMap(({ after }) => after));

  /** By what its rows took before, or by its columns. */
  const bytesOf = ({ name }: PlannedStep, { rows, columns }: NonNullable<Made['info']>): number => {
    const last = journal.committed.get(name)?.writers.get('') ?? journal.choices.get(name)?.choice;
    return last === undefined || last.rows === 0
      ? expectedBytes(rows, columns)
      : (rows * last.bytes) / last.rows;
  };

  return {
    async waits(step, { reason }) {
      if (step.auto !== 'choose' || reason.code === 'forced' || isEnd(readers(step.name))) return false;
      const needed = await demand(step);
      // Where it cannot be told, whoever has to wait for the step without reading it decides.
      return needed === undefined ? !awaited.has(step.name) : !needed;
    },
    making: (step, work) => clock.timed(work, (time) => void spent.set(step.name, time)),
    reading: (bytes, work) => clock.timed(work, ({ own }) => speeds.measured('read', bytes, own)),
    async writing(step, work) {
      let took = 0;
      const written = await clock.timed(work, ({ own }) => {
        took = own;
      });
      const bytes = written.parts.reduce((sum, part) => sum + part.bytes, 0);
      speeds.measured('write', bytes, took);
      const choice = choices.get(step.name);
      if (choice !== undefined) choices.set(step.name, Object.freeze({ ...choice, bytes, wroteMs: took }));
      return written;
    },
    choose(step, { info, result }, volatile) {
      const { name } = step;
      if (info === undefined) return undefined;
      const time = spent.get(name) ?? { whole: 0, own: 0 };
      if (step.auto === undefined) {
        if (isUnstored(step)) risk.add(step, time);
        return undefined;
      }
      const bytes = bytesOf(step, info);
      const [reader] = readers(name);
      const fixed =
        fixedReason(step, readers(name)) ??
        (volatile ? 'volatile' : result === undefined ? undefined : 'has_result');
      const choice = choose(fixed, {
        computeMs: time.own,
        behindMs: risk.behind(step),
        riskMs: risk.total + time.whole,
        rows: info.rows,
        bytes,
        writeMs: speeds.expected('write', bytes),
        readMs: speeds.expected('read', bytes),
        maxLostWorkMs: session.parts.maxLostWorkMs,
        endsChain: reader !== undefined && reader.inputs.length > 1,
      });
      choices.set(name, choice);
      if (!choice.keep) risk.add(step, time);
      return choice;
    },
    choices,
    noted(step, manifest) {
      const choice = choices.get(step);
      const components = manifest === undefined ? session.identified.get(step)?.components : undefined;
      return choice === undefined ? {} : { choice, components };
    },
    kept: (step) => risk.cover(step),
  };
}
