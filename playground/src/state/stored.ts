import { isCairnError, type OpenedTask, type StoredCheckpoint } from '@cairn/core';
import { askAfterRuns, type AskedAfterRuns } from './ask-after-runs.ts';
import { lastDefined } from './definition.ts';
import type { Session } from './session.ts';

/** What is stored of an opened project. */
export interface Stored {
  /** Its tables and how its checks came out; undefined before its first run. */
  readonly task: OpenedTask | undefined;
  readonly checkpoints: readonly StoredCheckpoint[];
}

const known = new WeakMap<Session, AskedAfterRuns<Stored>>();

/** The same for all panels of a session. */
export function storedOf(session: Session): AskedAfterRuns<Stored> {
  const before = known.get(session);
  if (before !== undefined) return before;
  const made = askAfterRuns(session, () => readStored(session));
  known.set(session, made);
  return made;
}

async function readStored({ bench, project, definition }: Session): Promise<Stored> {
  const { runner } = await bench();
  const pipeline = lastDefined(definition.getSnapshot())?.plan.pipeline;
  const { id } = project.getSnapshot();
  const [task, checkpoints] = await Promise.all([
    runner.open(id, { pipeline }).catch((error: unknown) => {
      if (isCairnError(error, 'unknown_task')) return undefined;
      throw error;
    }),
    runner.checkpoints({ pipeline }),
  ]);
  return { task, checkpoints };
}
