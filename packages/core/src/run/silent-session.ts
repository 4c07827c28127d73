import type { Session } from './session.ts';

/**
 * A run, looked at before its steps have their turn: nothing is told, and what is found out of states and fingerprints is not
 * the run's.
 *
 * @param apart What else is not the run's.
 */
export function silentSession(session: Session, apart: Partial<Session>): Session {
  return {
    ...session,
    get signal() {
      return session.signal;
    },
    isHeard: () => false,
    emit: () => undefined,
    states: new Map(),
    identified: new Map(),
    ...apart,
  };
}
