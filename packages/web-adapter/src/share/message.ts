import type { PlainEvent } from './plain-event.ts';

/** What pages say to each other of runs. */
export type Message =
  /** A page has come, or has missed something. */
  | { readonly says: 'what runs?'; readonly version: 1; readonly from: string }
  /** Events of a run, from the given one on, counted from 0; those that later ones made needless are counted too. */
  | {
      readonly says: 'this happened';
      readonly version: 1;
      /** Only for the page that asked; undefined for all. */
      readonly to?: string | undefined;
      readonly runId: string;
      readonly first: number;
      readonly next: number;
      readonly events: readonly PlainEvent[];
    };

/** Says whether a message is of these; an older or newer build of the page may be open in another tab. */
export function isMessage(data: unknown): data is Message {
  const { version, says } = (data ?? {}) as Partial<Message>;
  return version === 1 && (says === 'what runs?' || says === 'this happened');
}
