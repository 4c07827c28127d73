import { isCairnError } from '../errors/cairn-error.ts';
import { invalidPipelineFile } from '../errors/pipeline-file-errors.ts';
import { createReport, type Report } from './report.ts';
import type { ConfigSource } from './source.ts';
import { tooLong, readYaml, type YamlText } from './yaml-text.ts';
import { yamlBudget, yamlLimits } from './yaml-limits.ts';

/** A file of a pipeline besides the first one. */
export interface PipelineFile {
  /** As people know it, for messages; also what it is told apart by. */
  readonly file: string;
  readonly text: string;
}

/**
 * Loads a file that a pipeline names: YAML of an `include`, or a query of a `sqlFile`.
 *
 * @param path As it is written.
 * @param from The file that it is written in; undefined for a text without a file.
 */
export type LoadPipelineFile = (
  path: string,
  from: string | undefined,
) => PipelineFile | Promise<PipelineFile>;

/** A file that is read, and what is wrong with it. */
export interface OpenFile {
  readonly source: ConfigSource;
  readonly report: Report;
  /** The files that have led here, this one last. */
  readonly chain: readonly string[];
}

/** The files of a pipeline as they are read: within limits, and with their mistakes. */
export interface PipelineFiles {
  /** Reads YAML. @throws CairnError `invalid_pipeline_file` with what was found so far, when it is none */
  yaml(
    text: string,
    file: string | undefined,
    from?: OpenFile,
  ): { readonly file: OpenFile; readonly value: unknown };
  /** Loads what a file names at a path of its own; undefined, and told, when it cannot be. */
  load(
    path: string,
    from: OpenFile,
    mistakeAt: readonly (string | number)[],
  ): Promise<PipelineFile | undefined>;
  /** A file of SQL. */
  sql(loaded: PipelineFile): OpenFile;
  /** @throws CairnError `invalid_pipeline_file` with all that was reported, if anything was */
  check(): void;
}

export function pipelineFiles(loader: LoadPipelineFile | undefined): PipelineFiles {
  const budget = yamlBudget();
  const open: OpenFile[] = [];
  const keep = (source: ConfigSource, chain: readonly string[]): OpenFile => {
    const file = { source, report: createReport(source), chain };
    open.push(file);
    return file;
  };
  const found = () => open.map(({ source, report }) => ({ origin: source, issues: report.issues() }));
  return {
    yaml(text, name, from) {
      const { value, source, issues }: YamlText = readYaml(text, name, budget);
      if (issues.length > 0)
        throw invalidPipelineFile(
          [...found(), { origin: source, issues }].filter((one) => one.issues.length > 0),
        );
      return { value, file: keep(source, [...(from?.chain ?? []), name ?? '']) };
    },
    async load(path, from, at) {
      const refuse = (message: string): undefined => {
        from.report.add({ path: at, message });
        return undefined;
      };
      if (loader === undefined) return refuse('names a file, and there is nothing that loads files');
      budget.files -= 1;
      if (budget.files < 0)
        return refuse(`is more than the ${yamlLimits.files} files that a pipeline may have`);
      try {
        return await loader(path, from.source.file);
      } catch (error) {
        if (!isCairnError(error)) throw error;
        return refuse(error.message);
      }
    },
    sql({ file, text }) {
      const lines = text.split('\n');
      const opened = keep(
        {
          file,
          lineText: (line) => lines[line - 1],
          locate(_path, _part, _within, offset = 0) {
            const before = text.slice(0, offset).split('\n');
            return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
          },
        },
        [],
      );
      budget.characters -= text.length;
      if (budget.characters < 0) opened.report.add({ path: [], message: tooLong });
      return opened;
    },
    check() {
      const wrong = found().filter(({ issues }) => issues.length > 0);
      if (wrong.length > 0) throw invalidPipelineFile(wrong);
    },
  };
}
