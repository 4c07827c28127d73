import { hrefOf, routeOf, type Routes } from '../state/route.ts';
import { createStore } from '../state/store.ts';

/** Follows the address. */
export function browserRoutes(): Routes {
  const store = createStore(routeOf(location.hash));
  const follow = (): void => {
    const next = routeOf(location.hash);
    const { project, panel } = store.getSnapshot();
    if (next.project !== project || next.panel !== panel) store.set(next);
  };
  addEventListener('hashchange', follow);
  return {
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    go(route) {
      location.hash = hrefOf(route);
    },
    replace(route) {
      history.replaceState(null, '', hrefOf(route));
      follow();
    },
  };
}
