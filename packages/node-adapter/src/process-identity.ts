import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { hasCode } from './system-error.ts';

/** Tells one process from every other one, also from a later one of the same number. Empty where it is not known. */
export interface ProcessIdentity {
  readonly host: string;
  /** Changes with every start of the machine. */
  readonly bootId: string;
  /** Process numbers count within it (containers have their own). */
  readonly pidNamespace: string;
  readonly pid: number;
  /** In clock ticks since the machine started. */
  readonly startTime: string;
}

const textOf = (reading: Promise<string>): Promise<string> =>
  reading.then((text) => text.trim()).catch(() => '');

/** The state and the start time of a process, from Linux's /proc; undefined where that says nothing. */
async function statOf(
  pid: number,
): Promise<{ readonly state: string; readonly startTime: string } | undefined> {
  const text = await textOf(readFile(`/proc/${pid}/stat`, 'utf8'));
  // The second field, in parentheses, is the program's name and may hold anything; state is the 3rd, start the 22nd.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, startTime] = [fields[0], fields[19]];
  return state === undefined || startTime === undefined ? undefined : { state, startTime };
}

/** Who we are. */
export async function thisProcess(): Promise<ProcessIdentity> {
  const [bootId, pidNamespace, stat] = await Promise.all([
    textOf(readFile('/proc/sys/kernel/random/boot_id', 'utf8')),
    textOf(readlink('/proc/self/ns/pid')),
    statOf(process.pid),
  ]);
  return { host: hostname(), bootId, pidNamespace, pid: process.pid, startTime: stat?.startTime ?? '' };
}

/**
 * Says whether a process lives. `dead` has ended, but the system may still be at work on something that it had asked for;
 * nothing is left of one that is `gone`. `unknown` when it cannot be asked from here: it runs on another host, or in
 * another container.
 */
export async function liveness(
  other: ProcessIdentity,
  self: ProcessIdentity,
): Promise<'alive' | 'dead' | 'gone' | 'unknown'> {
  if (other.bootId !== self.bootId) return other.host === self.host ? 'dead' : 'unknown';
  if (self.bootId === '' && other.host !== self.host) return 'unknown';
  if (other.pidNamespace !== self.pidNamespace) return 'unknown';
  try {
    process.kill(other.pid, 0);
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    if (hasCode(error, 'ESRCH')) return 'gone';
  }
  const stat = await statOf(other.pid);
  if (stat === undefined) return 'alive';
  if (other.startTime !== '' && stat.startTime !== other.startTime) return 'gone';
  return stat.state === 'Z' || stat.state === 'X' ? 'dead' : 'alive';
}
