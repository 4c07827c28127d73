import type { Jiti } from 'jiti';
import { pathToFileURL } from 'node:url';

/** Cairn's own packages are loaded by Node itself, so that the file and the command line share one copy of them. */
const nativeModules = ['@cairn/core', '@cairn/plugins', '@cairn/node'];

async function jitiAt(place: string): Promise<Jiti> {
  const { createJiti } = await import('jiti');
  return createJiti(place, { fsCache: false, interopDefault: false, nativeModules });
}

/**
 * The default export of a TypeScript or JavaScript module, loaded without a build step. Whatever the module throws is
 * thrown as itself.
 *
 * @param onFile Told of the module's own files, its imports among them; then they are loaded anew. @default they are loaded once
 */
export async function loadDefaultExport(file: string, onFile?: (path: string) => void): Promise<unknown> {
  const jiti = await jitiAt(import.meta.url);
  const own = (): string[] => Object.keys(jiti.cache).filter((path) => !/[\\/]node_modules[\\/]/.test(path));
  if (onFile !== undefined) for (const path of own()) Reflect.deleteProperty(jiti.cache, path);
  try {
    const module: { readonly default?: unknown } = await jiti.import(file);
    return module.default;
  } finally {
    for (const path of own()) onFile?.(path);
  }
}

/**
 * All exports of a module: a file, or a package as it would be found from a file. What is no TypeScript is loaded by Node.
 *
 * @param from A file, absolute; it need not be a module.
 * @returns undefined when there is no such module
 */
export async function loadExports(
  name: string,
  from: string,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const jiti = await jitiAt(pathToFileURL(from).href);
  const url = jiti.esmResolve(name, { try: true });
  if (url === undefined) return undefined;
  return /\.[mc]?ts$/.test(url) ? jiti.import(url) : import(url);
}
