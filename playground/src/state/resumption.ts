import type { RunResult } from '@cairn/core';
import type { Fault } from './faults.ts';
import { hashesOf, type Hashes } from './resume-notes.ts';

/** A run that went on where another one was broken off, and what came of it. */
export interface Resumption {
  /** What was broken on purpose, if anything was. */
  readonly fault: Fault | undefined;
  readonly reused: number;
  readonly computed: number;
  readonly steps: readonly ResumedStep[];
  /** How many tables have the content that they had in the run before, which nobody disturbed; undefined when nothing is known of it. */
  readonly same: number | undefined;
  /** The steps that came out differently. */
  readonly different: readonly string[];
}

/** How a step came out. */
export interface ResumedStep {
  readonly name: string;
  readonly outcome: string;
  readonly contentHash: string | undefined;
  /** Whether it is what it was before; undefined where there is nothing to compare it with. */
  readonly isSame: boolean | undefined;
}

/** Compares a result with what the steps came to when nobody disturbed them. */
export function resumptionOf(
  result: RunResult,
  good: Hashes | undefined,
  fault: Fault | undefined,
): Resumption {
  const hashes = hashesOf(result);
  const steps = [...result.steps.values()].map(({ step: name, outcome }): ResumedStep => {
    const [own, before] = [hashes[name], good?.[name]];
    // Made of something else, it may well be something else.
    const isComparable = own !== undefined && own.fingerprint === before?.fingerprint;
    return {
      name,
      outcome,
      contentHash: own?.contentHash,
      isSame: isComparable ? own.contentHash === before.contentHash : undefined,
    };
  });
  const compared = steps.filter(({ isSame }) => isSame !== undefined);
  const count = (outcome: string): number => steps.filter((step) => step.outcome === outcome).length;
  return {
    fault,
    reused: count('reused'),
    computed: count('complete'),
    steps,
    same: compared.length === 0 ? undefined : compared.filter(({ isSame }) => isSame).length,
    different: compared.flatMap(({ name, isSame }) => (isSame === false ? [name] : [])),
  };
}
