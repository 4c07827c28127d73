import { createStore, del, get, set, values } from 'idb-keyval';
import type { Project, Shelf } from '../state/ports.ts';

/** Keeps projects in IndexedDB. Where the browser gives the page no storage they live as long as the page. */
export function browserShelf(database: string): Shelf {
  const store = createStore(`${database}-projects`, 'projects');
  return {
    load: (id) => get<Project>(id, store),
    save: (project) => set(project.id, project, store),
    remove: (id) => del(id, store),
    list: () => values<Project>(store),
  };
}
