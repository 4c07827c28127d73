import type { Readable } from './store.ts';

/** Where in the app one is, as the address says: `#/flights/steps`. */
export interface Route {
  /** Undefined at the start. */
  readonly project: string | undefined;
  /** The panel that was chosen last. */
  readonly panel: string | undefined;
}

/** The route of this page's address, as it changes. */
export interface Routes extends Readable<Route> {
  go(route: Partial<Route>): void;
  /** The same without an entry in the history of the browser. */
  replace(route: Partial<Route>): void;
}

/** The address of a route, for links. */
export function hrefOf({ project, panel }: Partial<Route>): string {
  return `#/${[project, panel]
    .filter((part) => part !== undefined)
    .map(encodeURIComponent)
    .join('/')}`;
}

/** The route that an address names. */
export function routeOf(hash: string): Route {
  const [project, panel] = hash
    .replace(/^#\/?/, '')
    .split('/')
    .map((part) => decoded(part));
  return { project: project || undefined, panel: panel || undefined };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
