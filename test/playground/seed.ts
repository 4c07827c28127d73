import type { BrowserContext } from 'playwright';
import type { Project } from '../../playground/src/state/ports.js';
import { openApp, type AppPage } from './app.js';

/** Opens a project that the browser keeps already, as it would after somebody had written it. */
export async function openProject(
  context: BrowserContext,
  origin: string,
  { panel, ...project }: Omit<Project, 'params'> & { readonly panel?: string },
): Promise<AppPage> {
  const opened = await openApp(context, origin);
  await opened.page.getByRole('heading', { name: 'Examples' }).waitFor();
  await opened.page.evaluate(
    async (kept) => {
      const request = indexedDB.open('cairn-playground-projects');
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        request.addEventListener('success', () => resolve(request.result));
        request.addEventListener('error', () => reject(request.error ?? new Error('not opened')));
      });
      const transaction = database.transaction('projects', 'readwrite');
      transaction.objectStore('projects').put(kept, kept.id);
      await new Promise((resolve) => transaction.addEventListener('complete', resolve));
      database.close();
    },
    { ...project, params: {} },
  );
  await opened.page.goto(`${origin}#/${project.id}${panel === undefined ? '' : `/${panel}`}`);
  return opened;
}
