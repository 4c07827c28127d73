import { createStore, get, set } from 'idb-keyval';
import type { NoteShelf, RunNotes } from '../state/run-notes.ts';

/** Keeps what is remembered of projects' runs in IndexedDB. */
export function browserNotes(database: string): NoteShelf {
  const store = createStore(`${database}-notes`, 'notes');
  return {
    load: async (project) => (await get<RunNotes>(project, store)) ?? {},
    save: (project, notes) => set(project, notes, store),
  };
}
