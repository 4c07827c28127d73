import type { AppState } from '../state/app-state.ts';
import type { Routes } from '../state/route.ts';

/** Shows what the address names, now and whenever it changes. */
export function followRoutes(routes: Routes, state: AppState): void {
  const follow = (): void => {
    const { project } = routes.getSnapshot();
    void (project === undefined ? state.leave() : state.open(project));
  };
  routes.subscribe(follow);
  follow();
}
