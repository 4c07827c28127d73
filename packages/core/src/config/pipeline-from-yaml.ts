import { invalidPipelineFile } from '../errors/pipeline-file-errors.ts';
import { definePipeline, type Pipeline } from '../pipeline/define.ts';
import type { Step } from '../pipeline/step.ts';
import type { Contributions } from '../plugin/contributions.ts';
import { readDocument } from './pipeline-entries.ts';
import { pipelineFiles, type LoadPipelineFile } from './pipeline-files.ts';
import { inOrder, linkEntries, stepNames } from './pipeline-references.ts';
import { makePart, makeStep } from './pipeline-steps.ts';
import { checkStatement } from './check-statement.ts';
import { checkParams, paramsFromYaml } from './yaml-params.ts';

/** What {@link pipelineFromYaml} needs. */
export interface PipelineFromYamlOptions {
  /** The connectors, transforms and checks that there are: `contributions(plugins)`. */
  readonly registry: Contributions;
  /** The file that the text is of, as people know it, for messages. @default a text without a file */
  readonly file?: string | undefined;
  /** Loads the files that `sqlFile` and `include` name. @default there are none */
  readonly load?: LoadPipelineFile | undefined;
}

/**
 * Makes a pipeline of YAML (docs/yaml.md): the same as `definePipeline` makes of steps that say the same. Nothing in the
 * text runs code.
 *
 * All that is wrong is told in one error, each with file, line, column and the line itself.
 *
 * @throws CairnError `invalid_pipeline_file` with all that is wrong in `details.issues`
 * @example
 * const pipeline = await pipelineFromYaml(text, { registry: contributions([csvPlugin]) });
 */
export async function pipelineFromYaml(
  text: string,
  { registry, file, load }: PipelineFromYamlOptions,
): Promise<Pipeline<string, Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>>> {
  const files = pipelineFiles(load);
  const document = await readDocument(text, file, files);
  const { name, params, checkpoint, processes, file: first } = document;
  if (params !== undefined) checkParams(params, ['params'], first.report);
  const names = stepNames(document);
  const entries = linkEntries(document, names);
  const ordered = inOrder(entries);
  const known = new Set(Object.keys(params ?? {}));
  const parts = new Map(entries.map((entry) => [entry, makePart(entry, { registry, params: known, names })]));
  files.check();

  const handles = new Map<string, Step>();
  for (const entry of ordered) {
    const part = parts.get(entry);
    const step = part && makeStep(entry, part, handles);
    if (step === undefined) continue;
    handles.set(entry.name, step);
    if (step.kind === 'sql') checkStatement(step, entry, name, names.tables);
  }
  files.check();

  const listed = new Map<string, Step[]>(processes.map((process) => [process.name, []]));
  for (const entry of entries) listed.get(entry.process)?.push(handles.get(entry.name) as Step);
  try {
    return definePipeline({
      name,
      ...(params === undefined ? {} : { params: paramsFromYaml(params) }),
      ...(checkpoint === undefined ? {} : { checkpoint }),
      processes: Object.fromEntries(
        processes.map(({ name: process, after, description }) => [
          process,
          { steps: listed.get(process) ?? [], after, ...(description === undefined ? {} : { description }) },
        ]),
      ),
    }) as never;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw invalidPipelineFile([{ origin: first.source, issues: [{ path: '', message }] }], error);
  }
}
