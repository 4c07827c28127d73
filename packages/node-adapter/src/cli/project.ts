import { resolve } from 'node:path';
import type { CacheUse, Pipeline, RunOptions, Runner } from '@cairn/core';
import { loadConfig } from '../config/load-config.ts';
import { createNodeRunner } from '../runner.ts';
import { fsStore } from '../store.ts';
import { colorsFor } from './colors.ts';
import type { Given } from './command-spec.ts';
import { loadPipeline } from './load-pipeline.ts';
import { paramsFromOptions } from './param-options.ts';

/** What a command works on, as its options and the configuration say. Nothing is open yet. */
export interface Project {
  /** Where things are kept, in words. */
  readonly place: string;
  /** The configuration's file, absolute; undefined when there is none. */
  readonly configFile: string | undefined;
  /** What the configuration says of runs. */
  readonly run: Pick<RunOptions, 'correlationId' | 'failFast' | 'strictRecovery'>;
  /**
   * The file of `--pipeline`, or else the configuration's pipeline.
   *
   * @throws CairnError `invalid_argument` when there is neither; what is wrong with the file
   */
  loadPipeline(file: string | undefined): Promise<Pipeline>;
  /**
   * The named file, or else the configuration's, with the params that were given for it: by `--param`, or else by the configuration.
   *
   * @param how How the command line names it. @default [file]
   * @param onFile Told of each file that it is made of, absolute; a module's are loaded anew. @default nobody is
   */
  loadWithParams(
    file: string | undefined,
    how?: string,
    onFile?: (path: string) => void,
  ): Promise<{
    readonly pipeline: Pipeline;
    readonly params: Readonly<Record<string, unknown>>;
  }>;
  createRunner(): Runner;
}

/** A {@link Project} with a runner over its store. */
export interface OpenProject extends Project {
  readonly runner: Runner;
  [Symbol.asyncDispose](): Promise<void>;
}

/** What `--cache` says; whether that is a way to use it, the run checks. */
export function cacheOf(given: Given): { readonly cache?: CacheUse } {
  const cache = given.text('cache');
  return cache === undefined ? {} : { cache: cache as CacheUse };
}

const usualRoot = '.cairn';

/**
 * Reads the configuration that `--config` names, or the one in the working directory. What the command line says wins.
 *
 * @throws CairnError `invalid_config`, `file_not_found`, `invalid_argument`
 */
export async function readProject(given: Given): Promise<Project> {
  const config = await loadConfig(given.text('config') ?? '.');
  const root = given.text('root');
  const concurrency = given.count('concurrency');
  const options = concurrency === undefined ? {} : { concurrency };
  const { correlationId, failFast, strictRecovery } = config?.run ?? {};
  const plugins = config?.plugins ?? [];

  const fileOf = (file: string | undefined, how: string): string => {
    const path = file ?? config?.pipeline;
    if (path !== undefined) return path;
    const why =
      config === undefined ? 'there is no cairn.config.* in this folder' : `${config.path} has none`;
    throw given.wrong(`name a pipeline file, as ${how}: ${why} to say which`);
  };
  return {
    configFile: config?.path,
    place: root ?? config?.path ?? usualRoot,
    run: {
      ...(correlationId === undefined ? {} : { correlationId }),
      ...(failFast === undefined ? {} : { failFast }),
      ...(strictRecovery === undefined ? {} : { strictRecovery }),
    },
    loadPipeline: (file) => loadPipeline(fileOf(file, '--pipeline <file>'), { plugins }),
    async loadWithParams(file, how = '[file]', onFile) {
      const path = fileOf(file, how);
      const pipeline = await loadPipeline(path, { plugins, onFile });
      // The configuration's params are those of its own pipeline.
      const configured = config?.pipeline === resolve(path) ? config.params : {};
      const { params, ignored } = await paramsFromOptions(pipeline, given.list('param'), configured);
      // A schema may take a key and give another one, so that this is no error.
      for (const param of ignored) {
        const { yellow } = colorsFor(process.stderr);
        process.stderr.write(`${yellow('warning:')} the pipeline makes nothing of the param ${param}\n`);
      }
      return { pipeline, params };
    },
    createRunner() {
      if (config === undefined) return createNodeRunner({ root: root ?? usualRoot, ...options });
      return config.createRunner({ ...options, ...(root === undefined ? {} : { store: fsStore({ root }) }) });
    },
  };
}

/** The same with a runner over the configured store. */
export async function openProject(given: Given): Promise<OpenProject> {
  const project = await readProject(given);
  const runner = project.createRunner();
  return { ...project, runner, [Symbol.asyncDispose]: () => runner.close() };
}
