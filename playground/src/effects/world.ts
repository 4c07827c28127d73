import { loadExample } from '../examples/index.ts';
import type { Workshop, World } from '../state/ports.ts';
import { browserShelf } from './shelf.ts';

/** All that the playground keeps begins with this name. */
const database = 'cairn-playground';

/** The world outside, as this tab has it. */
export function browserWorld(): World {
  let workshop: Promise<Workshop> | undefined;
  return {
    shelf: browserShelf(database),
    examples: { load: loadExample },
    workshop() {
      workshop ??= import('./workshop.ts').then(({ createWorkshop }) => createWorkshop(database));
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
