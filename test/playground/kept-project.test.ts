import { expect, test } from 'vitest';
import { differingLines } from '../../playground/src/state/differing-lines.js';
import { createKeptProject } from '../../playground/src/state/kept-project.js';
import type { Project, Shelf } from '../../playground/src/state/ports.js';

const given: Project = { id: 'p', title: 'P', yaml: 'one', params: {} };

/** One shelf, seen by several tabs; each hears of the others when it is told to. */
function tabs(): { open(): { readonly shelf: Shelf; hear(): void }; stored(): Project | undefined } {
  let stored: Project | undefined;
  return {
    stored: () => stored,
    open() {
      let listener = (_id: string): void => undefined;
      return {
        hear: () => listener('p'),
        shelf: {
          load: async () => stored,
          async save(project, over) {
            if (stored !== undefined && over !== undefined && (stored.revision ?? 0) !== over) return stored;
            stored = project;
            return undefined;
          },
          remove: async () => undefined,
          list: async () => [],
          watch(next) {
            listener = next;
            return () => undefined;
          },
        },
      };
    },
  };
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

test('a tab without changes of its own follows the other', async () => {
  const { open, stored } = tabs();
  const [here, there] = [open(), open()];
  const [mine, theirs] = [createKeptProject(given, here.shelf), createKeptProject(given, there.shelf)];
  theirs.change({ yaml: 'two' });
  theirs.change({ yaml: 'three' });
  await settled();
  here.hear();
  await settled();
  expect(mine.project.getSnapshot().yaml).toBe('three');
  mine.change({ yaml: 'four' });
  await settled();
  expect(stored()?.yaml).toBe('four');
  expect(mine.conflict.getSnapshot()).toBeUndefined();
});

test.each(['mine', 'theirs'] as const)(
  'of two changes none is lost before one is chosen: %s',
  async (choice) => {
    const { open, stored } = tabs();
    const [here, there] = [open(), open()];
    const [mine, theirs] = [createKeptProject(given, here.shelf), createKeptProject(given, there.shelf)];
    theirs.change({ yaml: 'theirs' });
    await settled();
    mine.change({ yaml: 'mine' });
    await settled();
    expect(mine.conflict.getSnapshot()?.yaml).toBe('theirs');
    mine.change({ yaml: 'mine, longer' });
    theirs.change({ yaml: 'theirs, longer' });
    await settled();
    here.hear();
    await settled();
    expect(mine.conflict.getSnapshot()?.yaml).toBe('theirs, longer');
    expect(stored()?.yaml).toBe('theirs, longer');
    if (choice === 'mine') mine.keepMine();
    else mine.takeTheirs();
    await settled();
    const yaml = choice === 'mine' ? 'mine, longer' : 'theirs, longer';
    expect(mine.conflict.getSnapshot()).toBeUndefined();
    expect(mine.project.getSnapshot().yaml).toBe(yaml);
    expect(stored()?.yaml).toBe(yaml);
    there.hear();
    await settled();
    expect(theirs.project.getSnapshot().yaml).toBe(yaml);
  },
);

test('lines that differ are counted', () => {
  expect(differingLines('a\nb\nc', 'a\nb\nc')).toBe(0);
  expect(differingLines('a\nb', 'a\nx\nb\nb')).toBe(2);
});
