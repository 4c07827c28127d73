/** Tells the time. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Waits so many milliseconds, between the attempts at a step. @default a timer */
  sleep?(ms: number): Promise<void>;
}
