import type { PlannedStep } from '../pipeline/plan.ts';
import { isEnd } from './auto-choice.ts';
import { isUnstored, stateOf } from './commit.ts';
import { closeConnector } from './resources.ts';
import { decide } from './reuse.ts';
import type { Session } from './session.ts';
import { silentSession } from './silent-session.ts';

/**
 * Finds out whether a table that stands nowhere is needed: whether a step runs that reads it, or that reads what is made
 * of it. Undefined when that depends on what comes out of steps that run first.
 *
 * Nothing is told, and nothing of the run is changed: what is found out here, each step finds out again in its turn.
 */
export function demandOf(
  session: Session,
  readersOf: (step: string) => readonly PlannedStep[],
): (step: PlannedStep) => Promise<boolean | undefined> {
  const silent = silentSession(session, { damaged: new Set(session.damaged), resources: new Map() });
  const looks = new Map<string, Promise<boolean | undefined>>();
  const answers = new Map<string, boolean>();

  /** Whether a step's output stands somewhere; undefined when it is not known what it depends on. */
  const look = async (name: string): Promise<boolean | undefined> => {
    const settled = session.states.get(name);
    if (settled !== undefined) {
      silent.states.set(name, settled);
      return settled.manifest !== undefined && settled.isEvicted !== true;
    }
    const step = session.steps.get(name) as PlannedStep;
    for (const input of step.inputs) {
      await stands(input);
      if (!silent.states.has(input)) return undefined;
    }
    try {
      const { found, fingerprint, components } = await decide(silent, step);
      if (found !== undefined) silent.states.set(name, stateOf(found.manifest, step));
      else if (isUnstored(step))
        silent.states.set(name, { key: fingerprint, fingerprint, components, manifest: undefined });
      return found !== undefined && !found.isEvicted;
    } catch {
      // It fails when its turn comes.
      return undefined;
    } finally {
      await closeConnector(silent, step);
    }
  };
  const stands = async (name: string): Promise<boolean | undefined> => {
    const known = looks.get(name);
    if (known !== undefined) return known;
    const looking = look(name);
    looks.set(name, looking);
    const answer = await looking;
    if (answer === undefined) looks.delete(name);
    return answer;
  };

  const demand = async ({ name }: PlannedStep): Promise<boolean | undefined> => {
    const known = answers.get(name);
    if (known !== undefined) return known;
    let answer: boolean | undefined = false;
    for (const reader of readersOf(name)) {
      if (!session.isIncluded(reader.name)) continue;
      const found = await stands(reader.name);
      if (found === true) continue;
      const needs =
        found === undefined
          ? undefined
          : !isUnstored(reader) || isEnd(readersOf(reader.name)) || (await demand(reader));
      if (needs === true) {
        answer = true;
        break;
      }
      if (needs === undefined) answer = undefined;
    }
    if (answer !== undefined) answers.set(name, answer);
    return answer;
  };
  return demand;
}
