import { createStore, type Readable } from '../state/store.ts';

/** Where in the app one is, as the address says: `#/flights/steps`. */
export interface Route {
  /** Undefined at the start. */
  readonly project: string | undefined;
  /** The panel that was chosen last. */
  readonly panel: string | undefined;
}

/** The address of a route, for links. */
export function hrefOf({ project, panel }: Partial<Route>): string {
  return `#/${[project, panel]
    .filter((part) => part !== undefined)
    .map(encodeURIComponent)
    .join('/')}`;
}

/** The route of this page's address, as it changes. */
export interface Routes extends Readable<Route> {
  go(route: Partial<Route>): void;
  /** The same without an entry in the history of the browser. */
  replace(route: Partial<Route>): void;
}

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

function routeOf(hash: string): Route {
  const [project, panel] = hash
    .replace(/^#\/?/, '')
    .split('/')
    .map((part) => safeDecode(part));
  return { project: project || undefined, panel: panel || undefined };
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
