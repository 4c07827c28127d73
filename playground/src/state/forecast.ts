import type { ErrorFacts, RunPlan } from '@cairn/core';

/** What the next run would do, as far as is known. */
export type Forecast =
  | { readonly status: 'none' }
  | { readonly status: 'asking'; readonly before: RunPlan | undefined }
  | { readonly status: 'known'; readonly plan: RunPlan }
  /** A run has begun since, and nobody knows yet what the one after it would do. */
  | { readonly status: 'past'; readonly before: RunPlan }
  | { readonly status: 'failed'; readonly error: ErrorFacts };

/** The last that was known, for what is to stay on the screen meanwhile. */
export function lastPlan(forecast: Forecast): RunPlan | undefined {
  if (forecast.status === 'known') return forecast.plan;
  return forecast.status === 'asking' || forecast.status === 'past' ? forecast.before : undefined;
}

/** How much a run would do. */
export interface ForecastSum {
  readonly steps: number;
  /** Those that run for certain, and those that may. */
  readonly runs: number;
  readonly mayRun: number;
  /** Milliseconds that these took the last time; undefined when one of them has never run. */
  readonly durationMs: number | undefined;
}

/** Adds up what a plan says of each step. */
export function sumOf({ steps }: RunPlan): ForecastSum {
  let [runs, mayRun, durationMs] = [0, 0, 0 as number | undefined];
  for (const { decision, last } of steps.values()) {
    if (decision !== 'run' && decision !== 'unknown') continue;
    if (decision === 'run') runs += 1;
    else mayRun += 1;
    durationMs =
      durationMs === undefined || last?.durationMs === undefined ? undefined : durationMs + last.durationMs;
  }
  return { steps: steps.size, runs, mayRun, durationMs };
}
