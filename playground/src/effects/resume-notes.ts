import { createStore, get, set } from 'idb-keyval';
import type { ResumeShelf, ResumeNotes } from '../state/resume-notes.ts';

/** Keeps what is remembered of projects' runs in IndexedDB. */
export function browserResumeNotes(database: string): ResumeShelf {
  const store = createStore(`${database}-resumes`, 'notes');
  return {
    load: async (project) => (await get<ResumeNotes>(project, store)) ?? {},
    save: async (project, notes) => set(project, notes, store),
  };
}
