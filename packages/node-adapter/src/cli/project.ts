import type { Pipeline, RunOptions, Runner } from '@cairn/core';
import { createNodeRunner } from '../runner.ts';
import type { Given } from './command-spec.ts';
import { loadPipeline } from './load-pipeline.ts';
import { paramsFromOptions } from './param-options.ts';

/** What a command works on, as its options and the configuration say. */
export interface Project {
  /** What the configuration says of runs. */
  readonly run: Pick<RunOptions, 'correlationId' | 'failFast' | 'strictRecovery'>;
  /**
   * The named pipeline file, or the configuration's, with the params that were given for it.
   *
   * @throws CairnError `invalid_argument` when there is none
   */
  pipeline(file: string | undefined): Promise<{
    readonly pipeline: Pipeline;
    readonly params: Readonly<Record<string, unknown>>;
  }>;
}

/** A {@link Project} with a runner over its store. */
export interface OpenProject extends Project {
  readonly runner: Runner;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Reads the configuration, and opens nothing. */
export async function readProject(given: Given): Promise<Project> {
  return {
    run: {},
    async pipeline(file) {
      if (file === undefined) throw given.wrong('there is no pipeline to run: name its file');
      const pipeline = await loadPipeline(file);
      return { pipeline, params: await paramsFromOptions(pipeline, given.list('param')) };
    },
  };
}

/** The same with a runner over the configured store. */
export async function openProject(given: Given): Promise<OpenProject> {
  const project = await readProject(given);
  const concurrency = given.count('concurrency');
  const runner = createNodeRunner({
    root: given.text('root') ?? '.cairn',
    ...(concurrency === undefined ? {} : { concurrency }),
  });
  return { ...project, runner, [Symbol.asyncDispose]: () => runner.close() };
}
