import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { definePipeline, effect, secret, type Logger, type Observer, type Pipeline } from '@cairn/core';
import type { ConfigIssue, ConfigRegistry } from '@cairn/core/config';
import { isCairnError } from '@cairn/core';
import { afterAll } from 'vitest';
import { noEngine } from '../task/no-engine.js';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder with these files. */
export function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-config-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** What an observer of a registry was told, by its name. */
export interface Told {
  readonly events: string[];
  readonly registry: ConfigRegistry;
  observer(name: string): Observer;
}

/** A registry without an engine, with an observer type `note` that writes down the order in which it is told. */
export function tellingRegistry(): Told {
  const events: string[] = [];
  const observer = (name: string): Observer => ({
    name,
    onEvent: (event) => {
      if (event.type === 'pipeline_start') events.push(name);
    },
  });
  const registry: ConfigRegistry = {
    engines: { duckdb: { create: () => noEngine } },
    observers: { note: { create: (options: { name: string }) => observer(options.name) } },
  };
  return { events, registry, observer };
}

/** One effect, which hands over the secret that it was given. */
export function withSecret(name: string, use: (value: string) => unknown = () => undefined): Pipeline {
  const main = effect('use', { token: secret(name) }, ({ token }) => {
    use(token);
  });
  return definePipeline({ name: 'secretive', processes: { main: [main] } });
}

export const onlyEffect: Pipeline = definePipeline({
  name: 'only',
  processes: { main: [effect('done', {}, () => 'done')] },
});

/** A logger that keeps what it is told. */
export function keepingLogger(): { readonly logger: Logger; readonly lines: string[] } {
  const lines: string[] = [];
  const keep = (level: string) => (facts: object, message: string) =>
    void lines.push(`${level} ${message} ${JSON.stringify(facts)}`);
  return {
    lines,
    logger: { debug: keep('debug'), info: keep('info'), warn: keep('warn'), error: keep('error') },
  };
}

/** The issues that a refused configuration has, and its message. */
export async function refusal(
  check: () => unknown,
): Promise<{ readonly issues: readonly ConfigIssue[]; readonly message: string; readonly paths: string[] }> {
  try {
    await check();
  } catch (error) {
    if (!isCairnError(error, 'invalid_config')) throw error;
    const issues = error.details['issues'] as readonly ConfigIssue[];
    return { issues, message: error.message, paths: issues.map(({ path }) => path) };
  }
  throw new Error('it was not refused');
}
