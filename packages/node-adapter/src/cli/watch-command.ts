import { resolve } from 'node:path';
import { compile, isCairnError, type Pipeline } from '@cairn/core';
import { shownPath } from '../yaml/pipeline-loader.ts';
import { colorsFor } from './colors.ts';
import type { Given } from './command-spec.ts';
import { explainError } from './explain-error.ts';
import { countOf } from './format.ts';
import { openProject, type OpenProject } from './project.ts';
import { runTaskOptions } from './run-command.ts';
import { runTask } from './run-task.ts';
import { watchFiles, type WatchedFiles } from './watch-files.ts';

/** What a pipeline is made of, and what it reads. */
interface Files {
  readonly own: ReadonlySet<string>;
  readonly data: ReadonlySet<string>;
}

type Params = Readonly<Record<string, unknown>>;

/**
 * Runs a pipeline, and again whenever a file of it is saved or one that it reads: an edit of the pipeline cancels a run
 * that is at work (what it has finished is kept), new data waits for its end. What is broken is told, and watched on.
 *
 * Resolves to 0 when Ctrl-C ends it while nothing runs, otherwise to 130 or 143.
 */
export async function watchCommand(given: Given): Promise<number> {
  const ended = new AbortController();
  let code: number | undefined;
  const onSignal = (signal: NodeJS.Signals): void => {
    code ??= signal === 'SIGTERM' ? 143 : 0;
    ended.abort(signal);
  };
  const watched = watchFiles();
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    for (let config: string | undefined; ;) {
      let project: OpenProject;
      try {
        project = await openProject(given);
      } catch (error) {
        // At first there is nothing to go on with.
        if (config === undefined) throw error;
        tell(error);
        watched.look(new Set([config]));
        await watched.changed(ended.signal);
        if (ended.signal.aborted) return code ?? 0;
        continue;
      }
      config = project.configFile;
      const round = await watchProject(given, project, watched, ended.signal);
      if (round !== 'configuration changed') return round ?? code ?? 0;
    }
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    watched.close();
  }
}

/** Watches until it is ended, or until the configuration is another one, which needs another runner. */
async function watchProject(
  given: Given,
  opened: OpenProject,
  watched: WatchedFiles,
  ended: AbortSignal,
): Promise<number | undefined | 'configuration changed'> {
  await using project = opened;
  const config = project.configFile === undefined ? [] : [project.configFile];
  for (;;) {
    const loaded = await load(given, project, watched);
    watched.look(new Set([...config, ...loaded.files.own, ...loaded.files.data]));
    let changed: readonly string[] = [];
    if (loaded.pipeline !== undefined) {
      const round = await runRound(
        given,
        project,
        loaded.pipeline,
        loaded.params,
        loaded.files,
        watched,
        ended,
      );
      if (round.code !== undefined) return round.code;
      changed = round.changed;
    }
    if (ended.aborted) return undefined;
    if (changed.length === 0) {
      say(given, `watching ${countOf(loaded.files.own.size + loaded.files.data.size, 'file')}; Ctrl-C ends`);
      changed = await watched.changed(ended);
    }
    if (ended.aborted) return undefined;
    say(given, `${changed.map(shownPath).join(', ')} changed`);
    if (changed.some((file) => config.includes(file))) return 'configuration changed';
  }
}

interface Loaded {
  readonly files: Files;
  readonly pipeline: Pipeline | undefined;
  readonly params: Params;
}

/** Loads the pipeline; what is wrong with it is told. */
async function load(given: Given, project: OpenProject, watched: WatchedFiles): Promise<Loaded> {
  const own = new Set<string>();
  const onFile = (path: string): void => {
    own.add(path);
    watched.note(path);
  };
  try {
    const { pipeline, params } = await project.loadWithParams(given.positionals[0], '[file]', onFile);
    return { files: { own, data: await dataFiles(pipeline, params) }, pipeline, params };
  } catch (error) {
    // Without a file there is nothing to wait for.
    if (own.size === 0) throw error;
    tell(error);
    return { files: { own, data: new Set() }, pipeline: undefined, params: {} };
  }
}

/** The local files that sources read. */
async function dataFiles(pipeline: Pipeline, params: Params): Promise<ReadonlySet<string>> {
  const { steps } = await compile(pipeline, params);
  const paths = steps.flatMap((step) => (step.kind === 'source' ? [step.connector.location['path']] : []));
  return new Set(paths.filter((path) => typeof path === 'string').map((path) => resolve(path)));
}

/** Runs once. An edit of the pipeline's own files cancels it. */
async function runRound(
  given: Given,
  project: OpenProject,
  pipeline: Pipeline,
  params: Params,
  { own }: Files,
  watched: WatchedFiles,
  ended: AbortSignal,
): Promise<{ readonly code?: number; readonly changed: readonly string[] }> {
  const edited = new AbortController();
  const over = new AbortController();
  const waiting = (async (): Promise<readonly string[]> => {
    const changed = await watched.changed(over.signal);
    if (changed.some((file) => own.has(file))) edited.abort('edited');
    return changed;
  })();
  try {
    const code = await runTask(project.runner, pipeline, params, {
      ...runTaskOptions(given, project),
      signal: edited.signal,
    });
    if (code !== 0) return { code, changed: [] };
  } catch (error) {
    if (!(edited.signal.aborted && isCairnError(error, 'canceled'))) tell(error);
  } finally {
    over.abort();
  }
  return { changed: ended.aborted ? [] : await waiting };
}

function tell(error: unknown): void {
  process.stderr.write(explainError(error, colorsFor(process.stderr)));
}

function say(given: Given, text: string): void {
  const output = given.flag('json') ? process.stderr : process.stdout;
  output.write(`${colorsFor(output).dim(text)}\n`);
}
