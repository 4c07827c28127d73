import { loadExample } from '../examples/index.ts';
import { createFaults } from '../state/faults.ts';
import type { Workshop, World } from '../state/ports.ts';
import { browserNotes } from './notes.ts';
import { browserShelf } from './shelf.ts';

/** All that the playground keeps begins with this name. */
const database = 'cairn-playground';

/** The world outside, as this tab has it. */
export function browserWorld(): World {
  let workshop: Promise<Workshop> | undefined;
  const faults = createFaults();
  return {
    shelf: browserShelf(database),
    notes: browserNotes(database),
    faults,
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
