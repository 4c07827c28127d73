import type { CheckpointChoice } from '../checkpoint/checkpoint-choice.ts';
import type { CairnError } from '../errors/cairn-error.ts';
import type { PlannedStep } from '../pipeline/plan.ts';
import type { Json } from '../pipeline/json.ts';

/** One component of a fingerprint that is not what it was. */
export interface ComponentChange {
  readonly component: string;
  readonly before: Json;
  readonly after: Json;
}

/** Why a step ran, was reused or was skipped, as data. */
export type Reason =
  /** Nothing was stored for it. */
  | { readonly code: 'first_run' }
  /** These components differ from the task's last checkpoint of it. */
  | { readonly code: 'changed'; readonly changes: readonly ComponentChange[] }
  /** Its checkpoint is older than its `maxAge`. */
  | { readonly code: 'expired'; readonly createdAt: string; readonly maxAge: number }
  /** The run was told not to use what earlier runs have left (`cache`). */
  | { readonly code: 'cache_unused' }
  /** It was named in `force`. */
  | { readonly code: 'forced' }
  /** Its checkpoint is damaged or gone. */
  | { readonly code: 'damaged' }
  /** Retention has evicted its table, and it is needed: a step that ran reads it, or no other step does. */
  | { readonly code: 'evicted' }
  /** What it depends on could not be found out: a source that cannot be read. */
  | { readonly code: 'unidentified' }
  /** Its checks are not those that its stored table has passed, and it does not pass them. */
  | { readonly code: 'checks_changed' }
  /** It keeps no checkpoint and a step that ran needed it. */
  | { readonly code: 'needed' }
  /** What the sink wrote is no longer there, or has changed. */
  | { readonly code: 'target_changed' }
  /** An effect is done again once its task has succeeded. */
  | { readonly code: 'repeated' }
  /** `evicted`: retention has evicted its table, which nothing needed. */
  | {
      readonly code: 'reused';
      readonly from: 'run' | 'correlation' | 'cache';
      readonly evicted?: true | undefined;
    }
  /** It keeps no checkpoint and nothing that ran needed it. */
  | { readonly code: 'not_needed' }
  /** The run was about other steps. */
  | { readonly code: 'not_included' }
  /** In a plan: these inputs run, and may come out the same; `changes` are what differs whatever becomes of them. */
  | {
      readonly code: 'input_may_change';
      readonly inputs: readonly string[];
      readonly changes: readonly ComponentChange[];
    }
  /** In a plan: it keeps no checkpoint, and these steps, which read it, may run. */
  | { readonly code: 'may_be_needed'; readonly by: readonly string[] }
  /** A step that it depends on failed, or was skipped for that reason. */
  | { readonly code: 'blocked'; readonly by: string }
  /** The run ended before its turn. */
  | { readonly code: 'run_ended' };

/** How one step fared in one run. */
export interface StepOutcome {
  readonly step: string;
  readonly process: string;
  readonly kind: PlannedStep['kind'];
  readonly outcome: 'complete' | 'reused' | 'skipped' | 'failed' | 'canceled';
  /** Undefined when the run did not come as far as computing it. */
  readonly fingerprint?: string | undefined;
  /** Undefined for sinks, effects and steps that keep no checkpoint. */
  readonly contentHash?: string | undefined;
  readonly rows?: number | undefined;
  /** Bytes of Arrow IPC in the checkpoint. */
  readonly bytes?: number | undefined;
  /** True when chance or the time had a hand in its table, so that it is reused within its task only. */
  readonly volatile?: boolean | undefined;
  /** With `checkpoint: 'auto'`, when its code ran: whether its table was kept, and why. */
  readonly checkpoint?: CheckpointChoice | undefined;
  readonly durationMs: number;
  /** How often its code ran in this run. */
  readonly attempts: number;
  readonly reason: Reason;
  readonly error?: CairnError | undefined;
}

const list = (names: readonly string[]): string => names.join(', ');

/** A reason in a few words, for people. */
export function describeReason(reason: Reason): string {
  switch (reason.code) {
    case 'first_run':
      return 'nothing stored yet';
    case 'changed':
      return `changed: ${list(reason.changes.map((change) => change.component))}`;
    case 'expired':
      return `older than its maxAge, of ${reason.createdAt}`;
    case 'cache_unused':
      return 'the cache is not used';
    case 'forced':
      return 'forced';
    case 'damaged':
      return 'damaged checkpoint';
    case 'evicted':
      return 'its table was evicted';
    case 'unidentified':
      return 'its inputs are not known';
    case 'checks_changed':
      return 'its stored table is checked';
    case 'needed':
      return 'needed';
    case 'target_changed':
      return 'its target is gone or changed';
    case 'repeated':
      return 'done again after a success';
    case 'reused':
      return `reused from ${reason.from === 'cache' ? 'cache' : 'an earlier run'}${reason.evicted === true ? ', its table is evicted' : ''}`;
    case 'not_needed':
      return 'not needed';
    case 'input_may_change':
      return `${list(reason.inputs)} may change`;
    case 'may_be_needed':
      return `${list(reason.by)} may need it`;
    case 'not_included':
      return 'not included';
    case 'blocked':
      return `blocked by ${reason.by}`;
    case 'run_ended':
      return 'the run ended';
  }
}
