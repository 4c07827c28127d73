/**
 * The default export of a TypeScript or JavaScript module, loaded without a build step. Whatever the module throws is
 * thrown as itself.
 */
export async function loadDefaultExport(file: string): Promise<unknown> {
  const { createJiti } = await import('jiti');
  // Cairn's own packages are loaded by Node itself, so that the file and the command line share one copy of them.
  const nativeModules = ['@cairn/core', '@cairn/plugins', '@cairn/node'];
  const jiti = createJiti(import.meta.url, { fsCache: false, interopDefault: false, nativeModules });
  const module: { readonly default?: unknown } = await jiti.import(file);
  return module.default;
}
