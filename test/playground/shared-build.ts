import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { inject } from 'vitest';
import type { TestProject } from 'vitest/node';

export const root: string = fileURLToPath(new URL('../../playground', import.meta.url));

declare module 'vitest' {
  interface ProvidedContext {
    /** A folder of this run of the tests. */
    readonly playgroundBuild: string;
  }
}

/** Gives all files of tests one folder to build the app in. */
export default async function shareBuild({ provide }: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'cairn-playground-'));
  provide('playgroundBuild', folder);
  return () => rm(folder, { recursive: true, force: true });
}

async function buildApp(outDir: string): Promise<void> {
  const { NODE_ENV } = process.env;
  // A test's would make a build for development.
  process.env['NODE_ENV'] = 'production';
  await build({ root, logLevel: 'error', build: { outDir, emptyOutDir: true } }).finally(() => {
    process.env['NODE_ENV'] = NODE_ENV;
  });
}

/** The folder of the built app. The first file of tests that asks builds it, others wait. */
export async function builtApp(): Promise<string> {
  const folder = inject('playgroundBuild');
  const [site, outcome] = [join(folder, 'site'), join(folder, 'outcome')];
  const isFirst = await mkdir(join(folder, 'begun')).then(
    () => true,
    () => false,
  );
  if (isFirst) {
    const told = await buildApp(site).then(() => '', String);
    await writeFile(`${outcome}.new`, told);
    await rename(`${outcome}.new`, outcome);
  }
  for (;;) {
    const told = await readFile(outcome, 'utf8').catch(() => undefined);
    if (told === '') return site;
    if (told !== undefined) throw new Error(told);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
