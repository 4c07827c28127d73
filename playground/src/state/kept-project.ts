import type { Project, Shelf } from './ports.ts';
import { createStore, type Readable } from './store.ts';

/** A project that is kept with every change, and followed when another tab changes it. */
export interface KeptProject {
  readonly project: Readable<Project>;
  /** What another tab has kept while this one had changes of its own: nothing is kept until somebody chooses. */
  readonly conflict: Readable<Project | undefined>;
  change(part: Partial<Project>): void;
  /** Keeps what this tab has, in place of the other. */
  keepMine(): void;
  /** Drops what this tab has. */
  takeTheirs(): void;
  close(): void;
}

/** Follows a project that was opened as it stands on the shelf. */
export function createKeptProject(given: Project, shelf: Shelf): KeptProject {
  const project = createStore(given);
  const conflict = createStore<Project | undefined>(undefined);
  /** The revision that this tab's text is made of. */
  let revision = revisionOf(given);
  let kept = given;
  let isSaving = false;
  let isClosed = false;

  const follow = (theirs: Project): void => {
    revision = revisionOf(theirs);
    kept = theirs;
    project.set(theirs);
  };

  const save = async (): Promise<void> => {
    if (isSaving) return;
    isSaving = true;
    try {
      while (project.getSnapshot() !== kept && conflict.getSnapshot() === undefined) {
        const mine = project.getSnapshot();
        const next = { ...mine, revision: revision + 1 };
        const theirs = await shelf.save(next, revision);
        if (theirs === undefined || isSame(theirs, mine)) {
          revision = revisionOf(theirs ?? next);
          kept = mine;
        } else conflict.set(theirs);
      }
    } catch {
      // Where nothing can be kept, a project lives as long as its page.
    } finally {
      isSaving = false;
    }
  };

  const look = async (): Promise<void> => {
    const theirs = await shelf.load(given.id);
    if (isClosed || theirs === undefined || revisionOf(theirs) <= revision) return;
    if (conflict.getSnapshot() !== undefined) conflict.set(theirs);
    // What is not kept yet finds out when it is.
    else if (project.getSnapshot() === kept && !isSaving) follow(theirs);
  };
  const unwatch = shelf.watch((id) => {
    if (id === given.id) void look().catch(() => undefined);
  });

  return {
    project,
    conflict,
    change(part) {
      project.patch(part);
      void save();
    },
    keepMine() {
      const theirs = conflict.getSnapshot();
      if (theirs === undefined) return;
      revision = revisionOf(theirs);
      conflict.set(undefined);
      void save();
    },
    takeTheirs() {
      const theirs = conflict.getSnapshot();
      if (theirs === undefined) return;
      conflict.set(undefined);
      follow(theirs);
    },
    close() {
      isClosed = true;
      unwatch();
    },
  };
}

function revisionOf({ revision = 0 }: Project): number {
  return revision;
}

function isSame(one: Project, other: Project): boolean {
  const text = ({ yaml, params, title }: Project): string => JSON.stringify([yaml, params, title]);
  return text(one) === text(other);
}
