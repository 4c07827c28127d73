import type { Readable } from './store.ts';

/** How much of the app works without a network. */
export interface OfflineState {
  /** `off`: the browser keeps no app, or this is the one of `vite dev`. */
  readonly status: 'off' | 'preparing' | 'kept' | 'keeping';
  /** Bytes of the app's files that are kept, engine and example data included. */
  readonly kept: number;
  /** Bytes of all of them. */
  readonly total: number;
  readonly error?: string | undefined;
  /** Whether a newer version of the app waits for this one to be left. */
  readonly hasUpdate: boolean;
}

/** The app as the browser keeps it. */
export interface Offline extends Readable<OfflineState> {
  /** Looks again at what is kept. */
  look(): Promise<void>;
  /** Fetches what is not kept yet. */
  keepAll(): Promise<void>;
  /** Goes on with the newer version. */
  update(): void;
}
