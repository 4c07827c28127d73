import type { Plan, TaskCatalog } from '@cairn/core';
import type { Unfinished } from './resume-notes.ts';

/** A run whose page went away in the middle of it. */
export interface Interruption {
  /** The steps that were at work, or whose turn had come. */
  readonly at: readonly string[];
  /** How many steps had been finished, of those that were to be done. */
  readonly finished: number;
}

/** Whether a task's last run was interrupted: it has not ended, and nobody is at work on it. */
export async function interruptionOf(
  tasks: TaskCatalog,
  correlationId: string,
  { plan, unfinished }: { readonly plan: Plan | undefined; readonly unfinished: Unfinished | undefined },
): Promise<Interruption | undefined> {
  const task = await tasks.get(correlationId);
  if (task?.status !== 'running' || task.lease?.state === 'live') return undefined;
  // What a run that makes everything anew has not come to stands there from the run before.
  const since = unfinished?.cache === 'refresh' ? (unfinished.begunAt ?? 0) : 0;
  const finished = new Set(
    task.steps.flatMap(({ step, status, at }) =>
      status === 'complete' && Date.parse(at ?? '') >= since ? [step] : [],
    ),
  );
  const running = new Set(task.steps.flatMap(({ step, status }) => (status === 'running' ? [step] : [])));
  // SQL may begin before it is noted that it does, beside others of which it is.
  const isNext = (name: string, inputs: readonly string[]): boolean =>
    !finished.has(name) && inputs.every((input) => finished.has(input));
  const at = (plan?.steps ?? []).flatMap(({ name, inputs }) =>
    running.has(name) || isNext(name, inputs) ? [name] : [],
  );
  return { at: plan ? at : [...running], finished: finished.size };
}
