import type { TableInfo } from '../engine/engine.ts';
import type { PlannedStep } from '../pipeline/plan.ts';
import type { Session } from './session.ts';

/** A table that is made before it is known whether it is needed. */
export interface HeadStart {
  /** How often the engine had been lost when it began. */
  readonly losses: number;
  /** Undefined when it could not be made. Never rejects. */
  readonly made: Promise<TableInfo | undefined>;
  /** Resolves when nothing of it is left. */
  end(): Promise<void>;
}

/**
 * The table that a step was given a head start with; undefined when it is to be made.
 *
 * @throws CairnError why the engine was lost while it was made
 */
export async function headStartOf(
  { headStarts, losses }: Session,
  { name }: PlannedStep,
): Promise<TableInfo | undefined> {
  const started = headStarts.get(name);
  if (started === undefined) return undefined;
  const info = await started.made;
  headStarts.delete(name);
  if (started.losses === losses.length) return info;
  if (info === undefined) throw losses.at(-1);
  return undefined;
}

/** Ends the head start of a step that need not run, if it has one. */
export async function endHeadStart({ headStarts }: Session, name: string): Promise<void> {
  const started = headStarts.get(name);
  headStarts.delete(name);
  await started?.end();
}
