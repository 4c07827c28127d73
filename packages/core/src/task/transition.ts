import { invalidTransition } from '../errors/task-errors.ts';
import type { Json } from '../pipeline/json.ts';
import { maxHistory, type StageHistoryEntry, type StageState, type StageStatus } from './stage.ts';

/** Something that happens to a stage. */
export interface StageEvent {
  readonly type: StageEventType;
  /** For the history. */
  readonly message: string;
  /** With `fail`: the code of the error. */
  readonly code?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly runId: string;
  /** The attempt at the task. */
  readonly attempt: number;
  /** With `complete` and `reuse`: what is complete now. */
  readonly fingerprint?: string | undefined;
  /** With `complete` and `reuse`: the key of the journal that holds its manifest. */
  readonly manifest?: string | undefined;
  /** With `complete` and `reuse`. @default null */
  readonly result?: Json | undefined;
}

export type StageEventType =
  /** Its task was bound for the first time. */
  | 'bind'
  /** Its code begins. */
  | 'start'
  /** What its code made is committed. */
  | 'complete'
  /** What was made before still holds. */
  | 'reuse'
  /** Its code failed, and is tried again. */
  | 'retry'
  /** The run that it was at work in was killed. */
  | 'recover'
  /** Its code failed for good. */
  | 'fail'
  | 'cancel'
  /** A new run was asked for. */
  | 'rerun'
  /** What was made before holds no more. */
  | 'reset'
  /** Something to remember that changes nothing, such as a rollback that failed. */
  | 'note';

const all: readonly StageStatus[] = [
  'unbound',
  'created',
  'running',
  'retry',
  'error',
  'complete',
  'canceled',
];

/** Every move that there is: from which statuses, and to which one; `note` moves nothing. */
export const stageMoves: {
  readonly [Type in StageEventType]: {
    readonly from: readonly StageStatus[];
    readonly to: StageStatus | undefined;
  };
} = {
  bind: { from: ['unbound'], to: 'created' },
  start: { from: ['created', 'retry'], to: 'running' },
  complete: { from: ['running'], to: 'complete' },
  reuse: { from: ['created', 'retry', 'error', 'canceled'], to: 'complete' },
  retry: { from: ['running'], to: 'retry' },
  recover: { from: ['running'], to: 'retry' },
  fail: { from: ['running', 'retry'], to: 'error' },
  cancel: { from: ['created', 'running', 'retry'], to: 'canceled' },
  rerun: { from: ['error', 'canceled'], to: 'retry' },
  reset: { from: all, to: 'created' },
  note: { from: all, to: undefined },
};

/** Says whether a text names an event. */
export function isStageEventType(type: unknown): type is StageEventType {
  return typeof type === 'string' && Object.hasOwn(stageMoves, type);
}

/**
 * What an event makes of a stage. Pure: the old state stays as it is.
 *
 * @param timezone In which the history tells times, an IANA name.
 * @throws CairnError `invalid_transition` for a move that is not in {@link stageMoves}
 */
export function transition(state: StageState, event: StageEvent, timezone = 'UTC'): StageState {
  const move = stageMoves[event.type];
  if (!move.from.includes(state.status)) throw invalidTransition(state.stage, state.status, event.type);
  const status = move.to ?? state.status;
  const begin = state.status === 'running' && move.to !== undefined ? state.since : event.at;
  const now = zonedTime(event.at, timezone);
  const isOpen = status === 'running' && move.to !== undefined;
  const entry: StageHistoryEntry = {
    message: event.message,
    status,
    begin: begin === event.at ? now : zonedTime(begin, timezone),
    end: isOpen ? null : now,
    runId: event.runId,
    attempt: event.attempt,
    code: event.code,
  };
  // Not frozen: that costs more than all the rest, and a journal may tell of a million changes.
  const history = state.history.slice(1 - maxHistory);
  history.push(entry);
  if (move.to === undefined) return Object.freeze({ ...state, history });
  const isComplete = status === 'complete';
  const { result, fingerprint, manifest } = isComplete ? event : state;
  // Written out, so that all states are of one shape: a journal is read as fast as states are made.
  return Object.freeze({
    stage: state.stage,
    status,
    attempts: status === 'running' ? state.attempts + 1 : state.attempts,
    history,
    result: status === 'created' ? null : (result ?? null),
    since: event.at,
    fingerprint,
    manifest,
  });
}

/** ISO 8601 with the zone's offset. */
function zonedTime(at: number, timezone: string): string {
  if (timezone === 'UTC') return new Date(at).toISOString();
  const format = new Intl.DateTimeFormat('en', { timeZone: timezone, timeZoneName: 'longOffset' });
  const name = format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const [, sign = '+', hours = '00', minutes = '00'] = /GMT([+-])(\d\d):(\d\d)/.exec(name) ?? [];
  const offset = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1);
  return `${new Date(at + offset * 60_000).toISOString().slice(0, -1)}${sign}${hours}:${minutes}`;
}
