import type { Pipeline } from '@cairn/core';
import { define, lastDefined, type Definition } from './definition.ts';
import type { Project, World } from './ports.ts';
import { createStore, type Readable } from './store.ts';

/** How long nobody types before the text is read, in milliseconds. */
const readAfterMs = 120;

/** What a project's text comes to, read anew after each change. */
export interface Reading {
  readonly definition: Readable<Definition>;
  /** Resolves once the last text that was looked at is read. */
  settled(): Promise<void>;
  /** Reads the text as it stands, without waiting for a pause. */
  now(): Promise<void>;
  close(): void;
}

/** Follows the text and the params of a project, whichever tab they are changed in. */
export function followText(
  project: Readable<Project>,
  {
    read,
    later,
    closed,
  }: {
    read(yaml: string): Promise<Pipeline>;
    readonly later: World['later'];
    readonly closed: AbortSignal;
  },
): Reading {
  const definition = createStore<Definition>({ status: 'reading', before: undefined });
  /** Counts texts, so that one that is read too late is dropped. */
  let text = 0;
  let last: Promise<void> = Promise.resolve();
  let forget = (): void => undefined;

  const look = async (): Promise<void> => {
    const own = ++text;
    const before = lastDefined(definition.getSnapshot());
    definition.set({ status: 'reading', before });
    const { yaml, params } = project.getSnapshot();
    const next = await define({ yaml, params }, read, before);
    if (own === text && !closed.aborted) definition.set(next);
  };
  const now = (): Promise<void> => {
    forget();
    return (last = look());
  };

  let { yaml: knownYaml, params: knownParams } = project.getSnapshot();
  const unwatch = project.subscribe(() => {
    const { yaml, params } = project.getSnapshot();
    if (yaml !== knownYaml || params !== knownParams) {
      forget();
      forget = later(readAfterMs, () => void now());
    }
    [knownYaml, knownParams] = [yaml, params];
  });
  void now();

  return {
    definition,
    settled: () => last,
    now,
    close() {
      forget();
      unwatch();
    },
  };
}
