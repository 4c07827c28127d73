import type { Fault, FaultKind } from './faults.ts';

/** A way to break a run, as people are told of it. */
export interface FaultWords {
  readonly kind: FaultKind;
  readonly title: string;
  /** What is done, and whether it is the real thing. */
  readonly does: string;
  /** What should come of it. */
  readonly expect: string;
}

/** The ways to break a run, in the order of the menu. */
export const faultWords: readonly FaultWords[] = [
  {
    kind: 'fail',
    title: 'Fail a step',
    does: "An error is thrown where the step's own code would have begun.",
    expect:
      'What reads the step is skipped, everything else finishes. Resuming computes only what is missing.',
  },
  {
    kind: 'throw',
    title: 'Throw in a transform',
    does: "The step's TypeScript throws when it is halfway through its rows.",
    expect:
      'Nothing of the half table is kept. Resuming computes the step again from what was stored before it.',
  },
  {
    kind: 'corrupt',
    title: 'Corrupt a stored table',
    does: "Flips one byte of the step's stored table in IndexedDB, now, and reads it back.",
    expect:
      'Reading is refused, for the bytes do not have their hash. The next run computes the table again; it comes out the same, so nothing else runs.',
  },
  {
    kind: 'quota',
    title: 'Fill the disk',
    does: "From the step's table on, nothing can be written until the run has ended. A page cannot fill a real disk: the store answers as a full one does.",
    expect: 'The run fails with quota_exceeded. What was stored stays, and resuming goes on from it.',
  },
  {
    kind: 'worker',
    title: "End the engine's worker",
    does: 'The Web Worker that DuckDB runs in is terminated while it computes the step, with all tables in it.',
    expect:
      'The run goes on by itself: another worker is started, and tables come back from where they are stored.',
  },
  {
    kind: 'reload',
    title: 'Reload the tab',
    does: 'This tab is reloaded while the step is being computed.',
    expect: 'The page comes back, says where it was interrupted, and resumes from there.',
  },
];

/** An armed fault in a few words. */
export function armedInWords({ kind, step }: Fault): string {
  switch (kind) {
    case 'fail':
      return `Fails at ${step}`;
    case 'throw':
      return `Throws in ${step}`;
    case 'corrupt':
      return `${step} is corrupt`;
    case 'quota':
      return `Disk full from ${step} on`;
    case 'worker':
      return `Worker ends at ${step}`;
    case 'reload':
      return `Reloads at ${step}`;
  }
}
