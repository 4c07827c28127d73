import { describe, invalidArgument, unknownParam } from '../errors/pipeline-errors.ts';
import { isBranded } from './brand.ts';
import { circuitSettings, joinCircuits } from './circuit-breaker.ts';
import { fillConnector } from './connector-params.ts';
import type { Pipeline, PipelineParams } from './define.ts';
import { isParam } from './param.ts';
import { copyData, validateParams, type Issue } from './params.ts';
import { planChecks } from './plan-checks.ts';
import { planSql } from './plan-sql.ts';
import type { Plan, PlannedArgument, PlannedProcess, PlannedStep, PlannedStepBase } from './plan.ts';
import { retryPolicy } from './retry.ts';
import { isSecret } from './secret.ts';
import { isTableStep, type SinkStep, type SourceStep, type StepInputs } from './step.ts';
import { structure, type PlacedStep } from './structure.ts';

/**
 * Checks a pipeline and its params before anything runs, and makes the plan: deeply frozen, in topological order.
 *
 * @throws CairnError `cyclic_pipeline`, `duplicate_stage`, `external_read`, `invalid_argument`, `invalid_name`,
 *   `invalid_params`, `invalid_pipeline`, `invalid_sql`, `invalid_sql_value`, `undeclared_input`, `unknown_param`,
 *   `unknown_step`
 */
export async function compile<P extends Pipeline>(pipeline: P, params?: PipelineParams<P>): Promise<Plan> {
  if (!isBranded(pipeline, 'pipeline')) {
    throw invalidArgument('compile', `takes what definePipeline returns, not ${describe(pipeline)}`);
  }
  const placed = structure(pipeline);
  const values = await validateParams(pipeline, params);
  const tables = new Map(
    placed.filter(({ step }) => isTableStep(step)).map(({ step }) => [step.name.toLowerCase(), step.name]),
  );
  const steps = placed.map((one) => planStep(pipeline, one, values, tables));
  joinCircuits(pipeline.name, steps);
  const processes = Object.entries(pipeline.processes).map(([name, process]): PlannedProcess =>
    Object.freeze({
      name,
      steps: Object.freeze(process.steps.map((step) => step.name)),
      after: process.after,
      description: process.description,
    }),
  );
  return Object.freeze({
    pipeline: pipeline.name,
    params: values,
    processes: Object.freeze(processes),
    steps: Object.freeze(steps),
  });
}

function planStep(
  { name: pipeline, checkpoint: usual }: Pipeline,
  { step, process, inputs, after }: PlacedStep,
  values: Readonly<Record<string, unknown>>,
  tables: ReadonlyMap<string, string>,
): PlannedStep {
  const { name, options } = step;
  const isTable = isTableStep(step);
  const checkpoint = options.checkpoint ?? (isTable && usual !== undefined ? usual : 'cache');
  for (const used of step.params) {
    if (!Object.hasOwn(values, used)) throw unknownParam(pipeline, name, used, Object.keys(values));
  }
  const params = Object.freeze(Object.fromEntries(step.params.map((used) => [used, values[used]] as const)));
  const base: PlannedStepBase = {
    name,
    process,
    inputs: Object.freeze(inputs),
    after: Object.freeze(after),
    description: options.description,
    tags: options.tags ?? noTags,
    checkpoint: checkpoint === 'auto' ? 'cache' : checkpoint,
    auto:
      checkpoint !== 'auto' || !isTable
        ? undefined
        : options.volatile === true || options.maxAge !== undefined
          ? 'keep'
          : 'choose',
    volatile: options.volatile,
    retry:
      options.retry === undefined
        ? undefined
        : retryPolicy(`Step '${name}' of pipeline '${pipeline}'`, options.retry),
    timeoutMs: options.timeoutMs,
    maxAge: options.maxAge,
    circuitBreaker:
      options.circuitBreaker === undefined
        ? undefined
        : circuitSettings(
            `Step '${name}' of pipeline '${pipeline}'`,
            `${pipeline}/${name}`,
            options.circuitBreaker,
          ),
    rollback: options.rollback,
    onCancel: options.onCancel,
    timezone: options.timezone ?? 'UTC',
    checks: planChecks(pipeline, name, options.checks ?? noChecks, values),
    params,
  };
  switch (step.kind) {
    case 'source':
      return Object.freeze({ ...base, kind: 'source', connector: planConnector(pipeline, step, params) });
    case 'sink':
      return Object.freeze({ ...base, kind: 'sink', connector: planConnector(pipeline, step, params) });
    case 'sql': {
      const scope = { pipeline, step: name, params, tables, volatile: options.volatile === true };
      return Object.freeze({ ...base, kind: 'sql', ...planSql(step.sql, scope) });
    }
    case 'fanIn':
      return Object.freeze({ ...base, kind: 'fanIn' });
    default: {
      const rest = { ...base, arguments: planArguments(step.inputs, params), version: options.version };
      return step.kind === 'transform'
        ? Object.freeze({ ...rest, kind: 'transform', run: step.run })
        : Object.freeze({ ...rest, kind: 'effect', run: step.run, reuse: options.reuse ?? false });
    }
  }
}

const noTags: readonly string[] = Object.freeze([]);
const noChecks: readonly never[] = Object.freeze([]);

/** Params filled in. What enters a fingerprint (options, and a sink's location) must be plain data. */
function planConnector<S extends SourceStep | SinkStep>(
  pipeline: string,
  { kind, name, connector }: S,
  params: Readonly<Record<string, unknown>>,
): S['connector'] {
  const filled = fillConnector<S['connector']>(connector, kind, ({ name: used }) => params[used]);
  const issues: Issue[] = [];
  const options = copyData(filled.options, '', issues, true);
  const location = kind === 'sink' ? copyData(filled.location, '', issues, true) : filled.location;
  const [first] = issues;
  if (first !== undefined) {
    const where = `Step '${name}' of pipeline '${pipeline}'`;
    throw invalidArgument(
      where,
      `connector '${connector.type}' has the option '${first.path}' with ${first.message}`,
    );
  }
  return Object.freeze({ ...filled, options, location }) as unknown as S['connector'];
}

function planArguments(
  inputs: StepInputs,
  params: Readonly<Record<string, unknown>>,
): Readonly<Record<string, PlannedArgument>> {
  const entries = Object.entries(inputs).map(([name, input]): [string, PlannedArgument] => {
    if (isParam(input)) return [name, Object.freeze({ kind: 'param', value: params[input.name] })];
    if (isSecret(input)) return [name, Object.freeze({ kind: 'secret', secret: input })];
    return [name, Object.freeze({ kind: 'step', step: input.name })];
  });
  return Object.freeze(Object.fromEntries(entries));
}
