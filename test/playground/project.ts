import type { Page } from 'playwright';

/** Keeps a project as the app does, and opens it at a panel. */
export async function openProject(
  page: Page,
  { id, yaml, panel }: { readonly id: string; readonly yaml: string; readonly panel: string },
): Promise<void> {
  await page.evaluate(
    async (project) => {
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open('cairn-playground-projects');
        request.addEventListener('upgradeneeded', () => request.result.createObjectStore('projects'));
        request.addEventListener('success', () => resolve(request.result));
        request.addEventListener('error', () => reject(request.error ?? new Error('not opened')));
      });
      const transaction = database.transaction('projects', 'readwrite');
      transaction.objectStore('projects').put(project, project.id);
      await new Promise((resolve) => transaction.addEventListener('complete', resolve));
      database.close();
    },
    { id, title: id, yaml, params: {} },
  );
  await page.evaluate((hash) => {
    location.hash = hash;
  }, `#/${id}/${panel}`);
}

/** Begins a run, and waits until it has ended like this. */
export async function runUntil(page: Page, how: string | RegExp): Promise<void> {
  const bar = page.getByRole('banner');
  await bar.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByTestId('run-status').filter({ hasText: how }).waitFor({ timeout: 60_000 });
}

/** Shows another panel of the opened project. */
export async function showPanel(page: Page, title: string): Promise<void> {
  await page.getByRole('tab', { name: title, exact: true }).click();
}
