import { createStore, del, get, set, update, values } from 'idb-keyval';
import type { Project, Shelf } from '../state/ports.ts';

/** Keeps projects in IndexedDB, and tells the other tabs. Where the browser gives the page no storage they live as long as the page. */
export function browserShelf(database: string): Shelf {
  const store = createStore(`${database}-projects`, 'projects');
  const channel = new BroadcastChannel(`${database} projects`);
  const tell = (id: string): void => channel.postMessage(id);
  return {
    load: (id) => get<Project>(id, store),
    async save(project, over) {
      if (over === undefined) await set(project.id, project, store);
      else {
        let other: Project | undefined;
        await update<Project>(
          project.id,
          (found) => {
            other = found === undefined || (found.revision ?? 0) === over ? undefined : found;
            return other ?? project;
          },
          store,
        );
        if (other !== undefined) return other;
      }
      tell(project.id);
      return undefined;
    },
    async remove(id) {
      await del(id, store);
      tell(id);
    },
    list: () => values<Project>(store),
    watch(listener) {
      const hear = ({ data }: MessageEvent<unknown>): void => listener(String(data));
      channel.addEventListener('message', hear);
      return () => channel.removeEventListener('message', hear);
    },
  };
}
