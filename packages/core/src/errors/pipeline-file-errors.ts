import { CairnError } from './cairn-error.ts';
import { tellIssue, type ConfigIssue, type ConfigOrigin } from './config-errors.ts';

/** What is wrong at one place of a pipeline file, or of a file that it includes. */
export interface PipelineFileIssue extends ConfigIssue {
  /** The file as people know it; undefined for a text. */
  readonly file?: string;
}

/** What is wrong with one file. */
export interface FileIssues {
  readonly origin: ConfigOrigin;
  readonly issues: readonly ConfigIssue[];
}

/** A pipeline file that says what no pipeline can be. All issues are told at once. */
export function invalidPipelineFile(files: readonly FileIssues[], cause?: unknown): CairnError {
  const all: PipelineFileIssue[] = [];
  const told: string[] = [];
  for (const { origin, issues } of files) {
    const { file } = origin;
    for (const issue of issues) {
      all.push({ ...(file === undefined ? {} : { file }), ...issue });
      told.push(tellIssue(issue, file ?? 'The pipeline', (line) => origin.lineText?.(line)));
    }
  }
  const [first] = files;
  const heading =
    all.length > 1 ? [`${first?.origin.file ?? 'The pipeline'} has ${all.length} mistakes`] : [];
  const file = first?.origin.file;
  return new CairnError('invalid_pipeline_file', [...heading, ...told].join('\n'), {
    details: { ...(file === undefined ? {} : { file }), issues: all },
    cause,
  });
}
