import { useSyncExternalStore } from 'react';
import type { RunView, RunViewSnapshot } from '../view/run-view.ts';

/**
 * What a view shows, kept up to date.
 *
 * @param select Takes a part of it, so that the component is drawn again only when that part has changed. It hands out what is there, and
 *   makes nothing new. @default all of it
 * @example
 * const { status, run } = useRunView(view);
 * const step = useRunView(view, ({ run }) => run?.steps.get(name));
 */
export function useRunView(view: RunView): RunViewSnapshot;
export function useRunView<Part>(view: RunView, select: (snapshot: RunViewSnapshot) => Part): Part;
export function useRunView(view: RunView, select?: (snapshot: RunViewSnapshot) => unknown): unknown {
  const look = (): unknown => (select === undefined ? view.getSnapshot() : select(view.getSnapshot()));
  return useSyncExternalStore(view.subscribe, look, look);
}
