import type { ComponentChange, Reason } from '@cairn/core';

/** The steps that another one runs, may run or does not run because of. */
export function causesOf(reason: Reason): readonly string[] {
  switch (reason.code) {
    case 'changed':
      return reason.changes.flatMap(changedInputs);
    case 'input_may_change':
      return reason.inputs;
    case 'may_be_needed':
      return reason.by;
    case 'blocked':
      return [reason.by];
    default:
      return [];
  }
}

/** The inputs whose content is not what it was. */
function changedInputs({ component, before, after }: ComponentChange): readonly string[] {
  if (component !== 'inputs') return [];
  const [from, to] = [before, after] as readonly (Readonly<Record<string, string>> | null)[];
  return Object.entries(to ?? {}).flatMap(([input, hash]) => (from?.[input] === hash ? [] : [input]));
}

/** Why a step stands as it does, and what that comes from. */
export interface Cause {
  readonly step: string;
  /** `would run`, `computed`. */
  readonly what: string;
  /** What it is in the first line, then a line for everything that differs. */
  readonly why: readonly string[];
  readonly from: readonly Cause[];
}

/** Follows a step's causes upwards; each step is told of once. */
export function chainOf(
  step: string,
  look: (
    step: string,
  ) =>
    | { readonly what: string; readonly why: readonly string[]; readonly causes: readonly string[] }
    | undefined,
  told: Set<string> = new Set(),
): Cause | undefined {
  const found = told.has(step) ? undefined : look(step);
  if (found === undefined) return undefined;
  told.add(step);
  const { what, why, causes } = found;
  return { step, what, why, from: causes.flatMap((name) => chainOf(name, look, told) ?? []) };
}
