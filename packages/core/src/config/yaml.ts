export type { PipelineFileIssue } from '../errors/pipeline-file-errors.ts';
export { editYamlSql, type TextEdit } from './edit-yaml-sql.ts';
export type { LoadPipelineFile, PipelineFile } from './pipeline-files.ts';
export { pipelineFromYaml, type PipelineFromYamlOptions } from './pipeline-from-yaml.ts';
export {
  pipelineToYaml,
  type PipelineToYamlOptions,
  type PipelineYaml,
  type Unwritten,
} from './pipeline-to-yaml.ts';
export { yamlLimits, type YamlLimits } from './yaml-limits.ts';
export { yamlSteps, type YamlSql, type YamlStep } from './yaml-steps.ts';
