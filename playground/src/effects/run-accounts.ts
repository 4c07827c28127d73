import { createStore, del, get, update } from 'idb-keyval';
import type { RunAccount, RunAccounts } from '../state/run-accounts.ts';

/** Of so many runs of a project. */
const most = 100;

/**
 * Keeps accounts of runs in IndexedDB.
 *
 * @param isKept Whether the browser gives the page storage; if not, they live as long as the page.
 */
export function browserAccounts(database: string, isKept: Promise<boolean>): RunAccounts {
  const store = createStore(`${database}-accounts`, 'runs');
  const here = new Map<string, readonly RunAccount[]>();
  const added = (account: RunAccount, before: readonly RunAccount[] = []): readonly RunAccount[] =>
    [account, ...before].slice(0, most);
  return {
    async add(project, account) {
      if (await isKept)
        await update<readonly RunAccount[]>(project, (before) => added(account, before), store);
      else here.set(project, added(account, here.get(project)));
    },
    list: async (project) =>
      ((await isKept) ? await get<readonly RunAccount[]>(project, store) : here.get(project)) ?? [],
    async remove(project) {
      here.delete(project);
      if (await isKept) await del(project, store);
    },
  };
}
