/** Why `checkpoint: 'auto'` keeps a table, or does not. */
export type ChoiceReason =
  /** No step reads it: it is what the pipeline was run for. */
  | 'result'
  /** Several steps read it. */
  | 'shared'
  /** A sink or an effect reads it. */
  | 'delivered'
  /** Chance or the time had a hand in it: made again it would be another one. */
  | 'volatile'
  /** The step has a `maxAge`, so that it is known by its content alone. */
  | 'max_age'
  /** The step has checks, which are about what is stored. */
  | 'checked'
  /** The step's code gave a result (`ctx.setResult`), which stands in the manifest. */
  | 'has_result'
  /** To make it again would take much longer than to write and to read it. */
  | 'costly'
  /** It ends a chain that would take much longer to go through again than it takes to write and to read this one table. */
  | 'chain'
  /** Without it a crash could cost more work than `maxLostWorkMs` allows. */
  | 'bound'
  /** To write it would cost each run more than it would save those few that want it again. */
  | 'cheap';

/** What `checkpoint: 'auto'` chose for a step's table, and what it went by. Times are milliseconds. */
export interface CheckpointChoice {
  readonly keep: boolean;
  readonly because: ChoiceReason;
  /** What making the table took, without what it was made of: of what was done side by side, its share of the time. */
  readonly computeMs: number;
  /** What it took to make those tables before it that are kept nowhere: with it they would have to be made again. */
  readonly behindMs: number;
  /** All finished work that a crash would cost if this table were not kept, each step from its beginning to its end. */
  readonly riskMs: number;
  readonly rows: number;
  /** Of Arrow IPC; expected where the table is not kept. */
  readonly bytes: number;
  /** What to take it out of the engine and to hash it was expected to take; storing it comes behind. */
  readonly writeMs: number;
  /** What to bring it back was expected to take. */
  readonly readMs: number;
  /** Of a table that was kept: what `writeMs` turned out to be. */
  readonly wroteMs?: number | undefined;
}

/** What `checkpoint: 'auto'` would choose, or has chosen; what it goes by is there where something was measured. */
export interface CheckpointForecast extends Partial<Omit<CheckpointChoice, 'keep' | 'because'>> {
  /** Undefined: that is chosen when the table is made. */
  readonly keep: boolean | undefined;
  /** `unmeasured`: the step has not run yet; or its table was stored when nothing was chosen. */
  readonly because: ChoiceReason | 'unmeasured';
}

/**
 * A choice in words, for people: what it is, and why.
 *
 * @example
 * describeChoice(result.steps.get('delayed').checkpoint); // 'not kept: 215 ms to make, 140 ms to write, 300 ms to read'
 */
export function describeChoice({ keep, because, ...facts }: CheckpointForecast): string {
  if (keep === undefined) return 'kept if that is worth it: nothing was measured yet';
  return `${keep ? 'kept' : 'not kept'}: ${words(because, facts)}`;
}

function words(
  because: CheckpointForecast['because'],
  { computeMs = 0, behindMs = 0, riskMs = 0, writeMs = 0, readMs = 0 }: Partial<CheckpointChoice>,
): string {
  const storing = `${span(writeMs)} to write, ${span(readMs)} to read`;
  switch (because) {
    case 'result':
      return 'no step reads it';
    case 'shared':
      return 'several steps read it';
    case 'delivered':
      return 'a sink or an effect reads it';
    case 'volatile':
      return 'it depends on chance or on the time';
    case 'max_age':
      return 'it has a maxAge';
    case 'checked':
      return 'it has checks';
    case 'has_result':
      return 'it has a result';
    case 'costly':
    case 'cheap':
      return `${span(computeMs)} to make, ${storing}`;
    case 'chain':
      return `the end of a chain, ${span(computeMs + behindMs)} to make, ${storing}`;
    case 'unmeasured':
      return 'it is stored';
    case 'bound':
      return `${span(riskMs)} of work would be lost in a crash`;
  }
}

function span(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
