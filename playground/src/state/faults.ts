import { createStore, type Readable } from './store.ts';

/** The ways in which a run can be broken on purpose. */
export type FaultKind = 'fail' | 'throw' | 'corrupt' | 'quota' | 'worker' | 'reload';

/** What breaks, and at which step. */
export interface Fault {
  readonly kind: FaultKind;
  readonly step: string;
}

/** What is going to break, and what did. */
export interface FaultState {
  /** Strikes once, when its step is computed. */
  readonly armed: Fault | undefined;
  /** The last that has struck. */
  readonly struck: Fault | undefined;
}

/** The faults of the opened project. The code around store and engine asks here whether something is to break. */
export interface Faults extends Readable<FaultState> {
  arm(fault: Fault): void;
  disarm(): void;
  /** The kind that strikes now, if one is armed for the step; from then on it is not armed any more. */
  strike(step: string): FaultKind | undefined;
  /** Takes note of what has been broken at once. */
  note(fault: Fault): void;
  /** Forgets what has struck: a run that went well has mended it. */
  mended(): void;
}

/** Nothing is armed at first, nor after a reload. */
export function createFaults(): Faults {
  const { getSnapshot, subscribe, set, patch } = createStore<FaultState>({
    armed: undefined,
    struck: undefined,
  });
  return {
    getSnapshot,
    subscribe,
    arm: (fault) => patch({ armed: fault }),
    disarm: () => patch({ armed: undefined }),
    strike(step) {
      const { armed } = getSnapshot();
      if (armed?.step !== step) return undefined;
      set({ armed: undefined, struck: armed });
      return armed.kind;
    },
    note: (fault) => patch({ struck: fault }),
    mended: () => patch({ struck: undefined }),
  };
}
