import type { ObjectStore, Runner } from '@cairn/core';
import { taskPrefix } from '@cairn/core/store';
import { fileHandles, indexedDbStore } from '@cairn/web';

/**
 * Removes what stands in the store of a project, and its files. What other projects have is theirs, also where they took it from this one.
 *
 * @throws CairnError `task_bound` while it runs, here or in another tab
 */
export async function forgetProject(database: string, project: string, runner: Runner): Promise<void> {
  const store = indexedDbStore({ database });
  try {
    const history = await runner.history();
    const runs = new Set<string>();
    for (const row of await history.table('pipeline'))
      if (row['correlation_id'] === project) runs.add(String(row['run_id']));

    await history.close();

    // First what says that there is a task: whoever works on it is not disturbed.
    for (const pipeline of await pipelinesOf(store, project)) {
      const lease = await store.acquire(taskPrefix(project, pipeline));
      try {
        await store.delete(`${taskPrefix(project, pipeline)}journal`, { lease });
      } finally {
        await lease.release();
      }
    }
    await removeAll(store, `catalog/${project}/`, () => true);
    await removeAll(store, 'records/', (key) => runs.has(fileName(key)));
    await removeAll(store, 'cache/', async (key) => makerOf(await store.get(key)) === project);
  } finally {
    await store.close();
  }
  await runner.gc({ graceMs: 0, retention: { maxBytes: Infinity, maxAge: Infinity } });
  const handles = fileHandles({ database });
  for (const name of await handles.names()) if (name.startsWith(`${project}/`)) await handles.forget(name);
  const root = await navigator.storage.getDirectory();
  const projects = await root.getDirectoryHandle(database, { create: true });
  // Whoever has the folder open goes on with an empty one.
  const folder = await projects.getDirectoryHandle(encodeURIComponent(project), { create: true });
  for await (const name of folder.keys()) await folder.removeEntry(name, { recursive: true });
}

async function pipelinesOf(store: ObjectStore, project: string): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for await (const { key } of store.list(`correlations/${project}/`)) found.add(key.split('/')[2] ?? '');
  return found;
}

async function removeAll(
  store: ObjectStore,
  prefix: string,
  isSuch: (key: string) => boolean | Promise<boolean>,
): Promise<void> {
  for await (const { key } of store.list(prefix)) if (await isSuch(key)) await store.delete(key);
}

const fileName = (key: string): string => key.slice(key.lastIndexOf('/') + 1).replace(/\.json$/, '');

/** The project whose run made a manifest. */
function makerOf(bytes: Uint8Array | undefined): unknown {
  try {
    return (JSON.parse(new TextDecoder().decode(bytes)) as { readonly correlationId?: unknown })
      .correlationId;
  } catch {
    return undefined;
  }
}
