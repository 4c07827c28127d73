import { createStore, del, get, set, update, values } from 'idb-keyval';
import type { Project, Shelf } from '../state/ports.ts';
import type { StorageAccess } from '../state/storage.ts';
import { createStore as createState, type Readable } from '../state/store.ts';

/** Projects, and whether the browser keeps them. */
export interface BrowserShelf extends Shelf {
  readonly access: Readable<StorageAccess>;
  /** Resolves once that is known. */
  readonly isKept: Promise<boolean>;
}

/** Keeps projects in IndexedDB, and tells the other tabs. Where the browser gives the page no storage they live as long as the page. */
export function browserShelf(database: string): BrowserShelf {
  const access = createState<StorageAccess>({ status: 'asking' });
  const store = createStore(`${database}-projects`, 'projects');
  const channel = new BroadcastChannel(`${database} projects`);
  const tell = (id: string): void => channel.postMessage(id);
  const here = new Map<string, Project>();
  /** Asks once, at the start: nobody should find out by losing their work. */
  const look = async (): Promise<unknown> => get('', store);
  const isKept = look().then(
    () => {
      access.set({ status: 'granted' });
      return true;
    },
    (error: unknown) => {
      const why = error instanceof DOMException || error instanceof Error ? error.message : String(error);
      access.set({ status: 'refused', why });
      return false;
    },
  );
  return {
    access,
    isKept,
    load: async (id) => ((await isKept) ? get<Project>(id, store) : here.get(id)),
    async save(project, over) {
      if (!(await isKept)) {
        here.set(project.id, project);
        return undefined;
      }
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
      here.delete(id);
      if (!(await isKept)) return;
      await del(id, store);
      tell(id);
    },
    list: async () => ((await isKept) ? values<Project>(store) : [...here.values()]),
    watch(listener) {
      const hear = ({ data }: MessageEvent<unknown>): void => listener(String(data));
      channel.addEventListener('message', hear);
      return () => channel.removeEventListener('message', hear);
    },
  };
}
