/** Tells the time. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /**
   * Waits so many milliseconds: between the attempts at a step, and until the time of one is over (`timeoutMs`). Once
   * the signal is aborted nobody waits any more, so that a timer can be cleared.
   *
   * @default a timer
   */
  sleep?(ms: number, signal?: AbortSignal): Promise<void>;
}
