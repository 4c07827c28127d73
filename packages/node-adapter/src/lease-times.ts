/** How leases go with time; milliseconds. */
export interface LeaseTimes {
  /** How often a holder gives a sign of life. */
  readonly beatMs: number;
  /** A holder that cannot be asked and has given no sign of life for so long counts as dead. */
  readonly silentMs: number;
  /** A lease that is given back sooner never starts its heartbeat, whose thread costs more than a short lease. */
  readonly firstBeatMs: number;
  /** How often a holder looks whether the lease is still its own. */
  readonly lookMs: number;
}

// A holder that misses eleven beats is not merely slow. Taking its lease would cost it its run, never a reader the truth.
export const leaseTimes: LeaseTimes = { beatMs: 5000, silentMs: 60_000, firstBeatMs: 100, lookMs: 2000 };
