import { existsSync, statSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { CairnError, isPipeline, type Pipeline } from '@cairn/core';
import { loadDefaultExport } from '../load-module.ts';
import { loadYamlPipeline, type LoadYamlPipelineOptions } from '../yaml/load-yaml-pipeline.ts';

const yaml = ['.yaml', '.yml', '.json'];
const extensions = [...yaml, '.ts', '.mts', '.js', '.mjs'];

/**
 * Loads a pipeline file without a build step: YAML, JSON, or a module whose default export is what `definePipeline`
 * returned.
 *
 * @throws CairnError `file_not_found`, `invalid_pipeline_file`; errors of the definitions in a module as themselves
 */
export async function loadPipeline(path: string, options: LoadYamlPipelineOptions = {}): Promise<Pipeline> {
  const file = resolve(path);
  options.onFile?.(file);
  if (!existsSync(file))
    throw new CairnError('file_not_found', `There is no pipeline file ${path}`, { details: { path } });
  if (!statSync(file).isFile() || !extensions.includes(extname(file))) {
    throw invalid(path, `is no pipeline file: it must end in ${extensions.join(', ')}`);
  }
  if (yaml.includes(extname(file))) return loadYamlPipeline(path, options);
  let pipeline: unknown;
  try {
    pipeline = await loadDefaultExport(file, options.onFile);
  } catch (error) {
    if (error instanceof CairnError) throw error;
    throw invalid(
      path,
      `could not be loaded: ${error instanceof Error ? error.message : String(error)}`,
      error,
    );
  }
  if (!isPipeline(pipeline))
    throw invalid(path, 'has no pipeline as its default export (export default definePipeline(...))');
  return pipeline;
}

function invalid(path: string, why: string, cause?: unknown): CairnError {
  return new CairnError('invalid_pipeline_file', `${path} ${why}`, { details: { path }, cause });
}
