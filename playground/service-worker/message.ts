/** What a page asks the service worker. */
export type OfflineRequest =
  /** How much of the app is kept. Answered at once. */
  | 'what is kept?'
  /** To fetch what is not kept yet. Answered when all is kept, or when it cannot be. */
  | 'keep all'
  /** To take the place of the version before it. Not answered. */
  | 'take over';

/** What the service worker answers, in bytes of the app's files. */
export interface OfflineAnswer {
  readonly kept: number;
  readonly total: number;
  /** Why not all could be kept. */
  readonly error?: string | undefined;
}
