import type { Bench } from '../state/ports.ts';
import type { ResumeShelf } from '../state/resume-notes.ts';
import type { RunAccounts } from '../state/run-accounts.ts';
import { usualRule, type RetentionRule, type StorageAccess, type StorageControls } from '../state/storage.ts';
import { createStore, type Readable } from '../state/store.ts';

const key = 'cairn-playground-retention';

/** What this tab may do about the browser's storage. */
export function browserStorage({
  database,
  access,
  accounts,
  resumes,
  bench,
}: {
  readonly database: string;
  readonly access: Readable<StorageAccess>;
  readonly accounts: RunAccounts;
  readonly resumes: ResumeShelf;
  bench(project: string): Promise<Bench>;
}): StorageControls {
  const rule = createStore(stored());
  return {
    access,
    rule,
    setRule(next) {
      rule.set(next);
      try {
        localStorage.setItem(key, JSON.stringify(next));
      } catch {
        // Without storage it lasts as long as the page.
      }
    },
    async forget(project) {
      const [{ forgetProject }, { runner, runs }] = await Promise.all([
        import('./forget-project.ts'),
        bench(project),
      ]);
      await forgetProject(database, project, runner);
      await accounts.remove(project);
      await resumes.save(project, {});
      runs.view.reset();
    },
  };
}

function stored(): RetentionRule {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(key) ?? 'null');
    const given = Object.entries(value ?? {}).filter(
      ([name, one]) => name in usualRule && typeof one === 'number' && one >= 0,
    );
    return { ...usualRule, ...Object.fromEntries(given) };
  } catch {
    return usualRule;
  }
}
