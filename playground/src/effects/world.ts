import { loadExample } from '../examples/index.ts';
import { createFaults } from '../state/faults.ts';
import type { ProjectFiles, Workshop, World } from '../state/ports.ts';
import { browserResumeNotes } from './resume-notes.ts';
import { browserShelf } from './shelf.ts';

/** All that the playground keeps begins with this name. */
const database = 'cairn-playground';

/** The world outside, as this tab has it. */
export function browserWorld(): World {
  let workshop: Promise<Workshop> | undefined;
  const faults = createFaults();
  let files: Promise<ProjectFiles> | undefined;
  const projectFiles = (): Promise<ProjectFiles> =>
    (files ??= import('./project-files.ts').then(({ browserProjectFiles }) => browserProjectFiles(database)));
  return {
    shelf: browserShelf(database),
    resumes: browserResumeNotes(database),
    faults,
    files: {
      keep: async (...file) => (await projectFiles()).keep(...file),
      forget: async (...which) => (await projectFiles()).forget(...which),
      locked: async (project) => (await projectFiles()).locked(project),
      unlock: async (...which) => (await projectFiles()).unlock(...which),
    },
    examples: { load: loadExample },
    workshop() {
      workshop ??= import('./workshop.ts').then(({ createWorkshop }) => createWorkshop(database, faults));
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
}
