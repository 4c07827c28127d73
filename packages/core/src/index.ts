export type { Components, Manifest, ManifestPart } from './checkpoint/manifest.ts';
export type {
  BoundSql,
  BoundSqlPart,
  CreateTableOptions,
  Engine,
  EngineCallOptions,
  ExportOptions,
  EngineIdentity,
  EngineLoading,
  ImportOptions,
  Part,
  QueryOptions,
  TableInfo,
  TableSize,
  TablePiece,
  TableRef,
} from './engine/engine.ts';
export { CairnError, isCairnError, type CairnErrorOptions } from './errors/cairn-error.ts';
export type { ErrorCode } from './errors/codes.ts';
export type { Clock } from './events/clock.ts';
export { compositeObserver, type CompositeObserverOptions } from './events/composite-observer.ts';
export { errorFacts, type ErrorFacts } from './events/error-facts.ts';
export {
  stageRunId,
  type CairnEvent,
  type CircuitState,
  type EndStatus,
  type EventBase,
  type EventBody,
  type PlannedStages,
  type RunContext,
  type StepEventBase,
} from './events/event.ts';
export { silentLogger, type Logger } from './events/logger.ts';
export { loggingObserver, type LoggingObserverOptions } from './events/logging-observer.ts';
export type { Observer } from './events/observer.ts';
export { progressObserver, type ProgressObserverOptions } from './events/progress-observer.ts';
export type {
  CheckSnapshot,
  ProcessSnapshot,
  ProcessSnapshotStatus,
  RunSnapshot,
  StepCounts,
  StepSnapshot,
  StepSnapshotStatus,
} from './events/run-snapshot.ts';
export { effect, fanIn, sink, source, step } from './pipeline/author.ts';
export type { CircuitBreakerOptions } from './pipeline/circuit-breaker.ts';
export { compile } from './pipeline/compile.ts';
export type {
  ConnectorContext,
  EngineFile,
  Receipt,
  SinkConnector,
  SourceConnector,
  SourceData,
  SourcePiece,
  SourceRead,
} from './pipeline/connector.ts';
export { definePipeline, isPipeline } from './pipeline/define.ts';
export type {
  NoParams,
  Pipeline,
  PipelineDefinition,
  PipelineParams,
  PipelineStages,
  PipelineSteps,
  Process,
  ProcessInput,
} from './pipeline/define.ts';
export type { FileReader, FileStat, FileSystem } from './pipeline/file-system.ts';
export type { Json } from './pipeline/json.ts';
export { isParam, param, type Param, type ParamsIn } from './pipeline/param.ts';
export type {
  CheckpointOption,
  CheckpointScope,
  Plan,
  PlannedArgument,
  PlannedEffect,
  PlannedFanIn,
  PlannedProcess,
  PlannedSink,
  PlannedSource,
  PlannedSql,
  PlannedStep,
  PlannedStepBase,
  PlannedTransform,
} from './pipeline/plan.ts';
export { isSecret, secret, type Secret } from './pipeline/secret.ts';
export { sql, type Sql, type SqlChunk, type SqlScalar, type SqlTag, type SqlValue } from './pipeline/sql.ts';
export type { RetryOptions } from './pipeline/retry.ts';
export type {
  EffectOptions,
  PlainStepOptions,
  SinkOptions,
  StepHook,
  StepHookContext,
  StepOptions,
  TransformOptions,
} from './pipeline/step-options.ts';
export type {
  EffectRun,
  EffectStep,
  FanInStep,
  InputValues,
  PreviousStage,
  SinkStep,
  SourceStep,
  SqlStep,
  Step,
  StepContext,
  StepInputs,
  TableStep,
  TransformResult,
  TransformRun,
  TransformStep,
} from './pipeline/step.ts';
export type { Column, ReadOptions, TableView } from './pipeline/table.ts';
export type { PlannedCheck } from './pipeline/plan-checks.ts';
export type {
  Check,
  CheckContext,
  CheckMetrics,
  CheckSeverity,
  CheckStatus,
  CheckVerdict,
  MeasuredContext,
  PreviousCheck,
} from './pipeline/table-check.ts';
export type { CheckpointChoice, CheckpointForecast, ChoiceReason } from './checkpoint/checkpoint-choice.ts';
export type { Eviction, EvictionCause } from './checkpoint/evictions.ts';
export type { GcItem, GcOwner, GcReason, KeptTables } from './checkpoint/garbage.ts';
export type { GcOptions, GcReport, StoredBytes } from './checkpoint/gc.ts';
export type {
  CheckpointFilter,
  ListCheckpointsOptions,
  StoredCheckpoint,
} from './checkpoint/list-checkpoints.ts';
export type { RetentionOptions } from './checkpoint/retention.ts';
export type { Protection } from './checkpoint/stored-tables.ts';
export { boundedDispatcher, type Dispatcher } from './run/dispatcher.ts';
export type { Cleaner } from './checkpoint/cleaner.ts';
export type {
  AskOptions,
  KeptAnswer,
  OpenedRun,
  OpenedTask,
  OpenOptions,
  StoredCheck,
  StoredTable,
  WriteOptions,
} from './run/open.ts';
export type { RunResult } from './run/result.ts';
export type { RunHandle } from './run/run-handle.ts';
export type { CacheUse, ExecuteOptions, PlanOptions, RunOptions } from './run/run-options.ts';
export type { RunPlan, StepEstimate, StepPlan } from './run/run-plan.ts';
export { createRunner, type Runner, type RunnerTask } from './run/runner.ts';
export type { RunnerOptions } from './run/runner-options.ts';
export type { History } from './records/history.ts';
export { recordsObserver, type RecordsObserverOptions } from './records/observer.ts';
export { pipelineFingerprint } from './records/pipeline-fingerprint.ts';
export type {
  CheckRunRecord,
  ExecutionRecord,
  PipelineRunRecord,
  ProcessRunRecord,
  RecordKind,
  RunStatus,
  StepRunRecord,
} from './records/record.ts';
export { recordSchema, recordTableName, toRow, type RecordRow } from './records/schema.ts';
export type { SecretValues } from './run/secrets.ts';
export { explainChange, explainReason } from './run/explain.ts';
export { componentChanges } from './run/reuse.ts';
export { describeReason, type ComponentChange, type Reason, type StepOutcome } from './run/step-outcome.ts';
export { memoryStore, type MemoryStoreOptions } from './store/memory-store.ts';
export type {
  AcquireOptions,
  AppendOptions,
  DeleteOptions,
  Lease,
  LeaseHolder,
  LeaseInfo,
  ObjectStore,
  PutOptions,
  StoredObject,
} from './store/object-store.ts';
export type { TaskCatalog, TaskDetails, TaskEntry, TaskFilter, TaskStep } from './task/catalog.ts';
export type { DumpOptions } from './task/dump-stages.ts';
export type { StageHistoryEntry, StageState, StageStatus } from './task/stage.ts';
export type { Task } from './task/task.ts';
export type { TaskOptions } from './task/task-options.ts';
export { stageMoves, transition, type StageEvent, type StageEventType } from './task/transition.ts';
