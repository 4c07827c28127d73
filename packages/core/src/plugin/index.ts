export { parseType, type ColumnType } from '../engine/column-type.ts';
export { createPace, takeTurns } from '../engine/pace.ts';
export { streamOfData } from '../checkpoint/table-data.ts';
export { CairnError, isCairnError } from '../errors/cairn-error.ts';
export {
  fileNotFound,
  fileNotReadable,
  inputTooLarge,
  invalidData,
  pathNotSupported,
  pathOutsideRoot,
  permissionNeeded,
  urlNotAllowed,
} from '../errors/connector-errors.ts';
export { invalidArgument } from '../errors/pipeline-errors.ts';
export { invalidOptions, type OptionIssue } from '../errors/plugin-errors.ts';
export { canceled, insecureContext } from '../errors/run-errors.ts';
export { didYouMean } from '../errors/suggest.ts';
export { foldSnapshot, type SnapshotFold } from '../events/fold-snapshot.ts';
export { throttle, type Throttle } from '../events/throttle.ts';
export { isParam, param, type Param, type ParamsIn } from '../pipeline/param.ts';
export { isSecret, secret, type Secret } from '../pipeline/secret.ts';
export { sql, type Sql } from '../pipeline/sql.ts';
export type {
  ConnectorContext,
  EngineFile,
  Receipt,
  SinkConnector,
  SourceConnector,
  SourceData,
  SourcePiece,
  SourceRead,
} from '../pipeline/connector.ts';
export type { FileReader, FileStat, FileSystem } from '../pipeline/file-system.ts';
export type { Json } from '../pipeline/json.ts';
export type { Column, ReadOptions, TableView } from '../pipeline/table.ts';
export { checkCount, checkKeys } from '../pipeline/check.ts';
export { isSql, isSqlScalar } from '../pipeline/sql.ts';
export { isTableStep, type TableStep } from '../pipeline/step.ts';
export type {
  Check,
  CheckContext,
  CheckMetrics,
  CheckSeverity,
  CheckStatus,
  CheckVerdict,
  MeasuredContext,
  PreviousCheck,
} from '../pipeline/table-check.ts';
export { contributions, type Contributions, type NamedKind } from './contributions.ts';
export {
  definePlugin,
  type DefinedPlugin,
  type ObserverContribution,
  type PluginDefinition,
} from './define-plugin.ts';
export type {
  ConnectorContributionsOf,
  ContributionKind,
  ContributionKinds,
  ContributionsOf,
  FactoriesOf,
  Fillable,
  OptionsOf,
  OptionsSchema,
  PluginTransform,
  RegistryContext,
  RegistryEntry,
  SinksOf,
  SourcesOf,
} from './contribution.ts';
export type {
  CheckpointHookContext,
  EndHookContext,
  ErrorHookContext,
  HookHandlers,
  HookKind,
  HookName,
  HookObject,
  HookStrategy,
  PlanHookContext,
  PluginHooks,
  RunHookContext,
  StepFilter,
  StepMade,
  StepRunContext,
  TableHookContext,
} from './hooks.ts';
export {
  isPlugin,
  type ContributionFunction,
  type ContributionFunctions,
  type Plugin,
  type PluginRegistry,
  type PluginSetup,
  type SetupContext,
  type Teardown,
} from './plugin.ts';
