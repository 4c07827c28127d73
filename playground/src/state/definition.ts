import { compile, errorFacts, isCairnError, type ErrorFacts, type Pipeline, type Plan } from '@cairn/core';
import type { PipelineFileIssue } from '@cairn/core/yaml';

/** What the text and the params of a project come to. */
export type Definition =
  | { readonly status: 'reading'; readonly before: Defined | undefined }
  | Defined
  | {
      readonly status: 'invalid';
      readonly error: ErrorFacts;
      /** Where in the text; none when it is about something else, such as the params. */
      readonly issues: readonly PipelineFileIssue[];
      /** The last text that was a pipeline. */
      readonly before: Defined | undefined;
    };

/** A text that is a pipeline. */
export interface Defined {
  readonly status: 'defined';
  readonly yaml: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly pipeline: Pipeline;
  /** Steps in topological order, processes, params as they are used. */
  readonly plan: Plan;
}

/** The last that was a pipeline, for what is to stay on the screen meanwhile. */
export function lastDefined(definition: Definition): Defined | undefined {
  return definition.status === 'defined' ? definition : definition.before;
}

/** Reads a project's text. Never rejects: what is wrong is told in the result. */
export async function define(
  { yaml, params }: Pick<Defined, 'yaml' | 'params'>,
  read: (yaml: string) => Promise<Pipeline>,
  before: Defined | undefined,
): Promise<Definition> {
  try {
    const pipeline = await read(yaml);
    return { status: 'defined', yaml, params, pipeline, plan: await compile(pipeline, params) };
  } catch (error) {
    return { status: 'invalid', error: errorFacts(error), issues: issuesOf(error), before };
  }
}

function issuesOf(error: unknown): readonly PipelineFileIssue[] {
  if (!isCairnError(error, 'invalid_pipeline_file')) return [];
  const { issues } = error.details;
  return Array.isArray(issues) ? (issues as readonly PipelineFileIssue[]) : [];
}
