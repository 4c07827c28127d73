import { loadExample } from '../examples/index.ts';
import { createFaults } from '../state/faults.ts';
import type { ProjectFiles, Workshop, World } from '../state/ports.ts';
import type { StorageControls } from '../state/storage.ts';
import { browserResumeNotes } from './resume-notes.ts';
import { browserAccounts } from './run-accounts.ts';
import { browserShelf } from './shelf.ts';
import { browserStorage } from './storage.ts';

/** All that the playground keeps begins with this name. */
const database = 'cairn-playground';

/** The world outside, as this tab has it, and what it keeps. */
export function browserWorld(): { readonly world: World; readonly storage: StorageControls } {
  let workshop: Promise<Workshop> | undefined;
  const faults = createFaults();
  let files: Promise<ProjectFiles> | undefined;
  const projectFiles = (): Promise<ProjectFiles> =>
    (files ??= import('./project-files.ts').then(({ browserProjectFiles }) => browserProjectFiles(database)));
  const shelf = browserShelf(database);
  const accounts = browserAccounts(database, shelf.isKept);
  const resumes = browserResumeNotes(database);
  const world: World = {
    shelf,
    resumes,
    accounts,
    faults,
    files: {
      keep: async (...file) => (await projectFiles()).keep(...file),
      forget: async (...which) => (await projectFiles()).forget(...which),
      locked: async (project) => (await projectFiles()).locked(project),
      unlock: async (...which) => (await projectFiles()).unlock(...which),
    },
    examples: { load: loadExample },
    workshop() {
      workshop ??= import('./workshop.ts').then(async ({ createWorkshop }) =>
        createWorkshop(database, faults, { isKept: await shelf.isKept }),
      );
      workshop.catch(() => {
        workshop = undefined;
      });
      return workshop;
    },
    later(ms, work) {
      const timer = setTimeout(work, ms);
      return () => clearTimeout(timer);
    },
  };
  const storage = browserStorage({
    database,
    access: shelf.access,
    accounts,
    resumes,
    bench: async (project) => (await world.workshop()).bench(project),
  });
  return { world, storage };
}
