import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileNotFound, type Plugin } from '@cairn/core/plugin';
import type { Pipeline } from '@cairn/core';
import { pipelineLoader, readText, shownPath } from './pipeline-loader.ts';
import { pipelineRegistry } from './pipeline-registry.ts';

/** What {@link loadYamlPipeline} may be told. */
export interface LoadYamlPipelineOptions {
  /** Plugins whose connectors, transforms and checks may be named, besides those of `@cairn/plugins`. @default none */
  readonly plugins?: readonly Plugin[] | undefined;
  /** Told of each file that is read, absolute, also of those that are not there. @default nobody is */
  readonly onFile?: ((path: string) => void) | undefined;
}

/**
 * Reads a pipeline from a YAML or JSON file, and from the files that it names in `sqlFile` and `include`: those are in its
 * folder or below. The connectors and checks of `@cairn/plugins` may be named where that is installed beside the file.
 *
 * @throws CairnError `file_not_found`, `file_not_readable`, `invalid_pipeline_file` with all that is wrong in `details.issues`
 * @example
 * const pipeline = await loadYamlPipeline('pipeline.yaml');
 * await createNodeRunner().run(pipeline, { minDelay: 30 });
 */
export async function loadYamlPipeline(
  path: string,
  { plugins = [], onFile }: LoadYamlPipelineOptions = {},
): Promise<Pipeline> {
  const file = resolve(path);
  onFile?.(file);
  if (!existsSync(file)) throw fileNotFound(path);
  // Whoever has no YAML need not wait for what reads it.
  const { pipelineFromYaml } = await import('@cairn/core/yaml');
  const text = await readText(file);
  const registry = await pipelineRegistry(file, plugins);
  return pipelineFromYaml(text, { registry, file: shownPath(file), load: pipelineLoader(file, onFile) });
}
