import { describe, invalidArgument } from '../errors/pipeline-errors.ts';
import type { SinkConnector, SourceConnector } from './connector.ts';
import { captureConnector, connectorParams } from './connector-params.ts';
import { isParam, type Known, type ParamName } from './param.ts';
import { isSecret } from './secret.ts';
import { isSql, type Sql } from './sql.ts';
import { isPlainObject } from './check.ts';
import { checkOptions } from './step-options.ts';
import type { EffectOptions, PlainStepOptions, SinkOptions, TransformOptions } from './step-options.ts';
import { isTableStep } from './step.ts';
import type {
  EffectStep,
  FanInStep,
  InputValues,
  SinkStep,
  SourceStep,
  SqlStep,
  Step,
  StepContext,
  StepInputs,
  TableStep,
  TransformResult,
  TransformStep,
} from './step.ts';

/**
 * A step that reads data in through a connector.
 *
 * @example
 * const airports = source('airports', fromCsv({ path: 'data/airports.csv' }));
 * @throws CairnError `invalid_argument`
 */
export function source<const Name extends string, Params extends string = never>(
  name: Name,
  connector: SourceConnector<Params>,
  options?: PlainStepOptions,
): SourceStep<Name, Known<Params>> {
  const where = place('source', name);
  const captured = captureConnector(where, 'source', connector as SourceConnector);
  return handle('source', name, checkOptions(where, 'source', options), {
    params: connectorParams(captured),
    connector: captured,
  });
}

/**
 * A step with a table: the answer to a query, or what a TypeScript function makes of its inputs.
 *
 * @example
 * const late = step('late', sql`select * from ${flights} where delay > ${param('minDelay')}`);
 * const scored = step('scored', { late }, async ({ late }) => score(await late.arrow()), { version: '1' });
 * @throws CairnError `invalid_argument`
 */
export function step<const Name extends string, Params extends string>(
  name: Name,
  query: Sql<Params>,
  options?: PlainStepOptions,
): SqlStep<Name, Known<Params>>;
export function step<const Name extends string, const Inputs extends StepInputs>(
  name: Name,
  inputs: Inputs,
  run: (inputs: InputValues<Inputs>, context: StepContext) => TransformResult | Promise<TransformResult>,
  options: TransformOptions,
): TransformStep<Name, ParamName<Inputs[keyof Inputs]>>;
export function step(name: string, first: unknown, second?: unknown, third?: unknown): unknown {
  const where = place('step', name);
  if (isSql(first)) {
    if (third !== undefined)
      throw invalidArgument(where, 'a step of SQL takes a name, sql`...` and options, no more');
    return handle('sql', name, checkOptions(where, 'sql', second), { params: first.params, sql: first });
  }
  return code('transform', where, name, first, second, third);
}

/**
 * A step whose table is the union of its inputs' tables, in the listed order. The first one's columns win: later
 * tables are cast to them by name.
 *
 * @throws CairnError `invalid_argument`
 */
export function fanIn<const Name extends string>(
  name: Name,
  inputs: readonly TableStep[],
  options?: PlainStepOptions,
): FanInStep<Name> {
  const where = place('fanIn', name);
  if (!Array.isArray(inputs) || inputs.length === 0 || !inputs.every(isTableStep)) {
    throw invalidArgument(where, 'needs a list of at least one step with a table');
  }
  if (new Set(inputs).size < inputs.length) throw invalidArgument(where, 'lists a step twice');
  return handle('fanIn', name, checkOptions(where, 'fanIn', options), {
    params: Object.freeze([]),
    inputs: Object.freeze([...inputs]),
  });
}

/**
 * A step that writes a step's table out through a connector.
 *
 * @throws CairnError `invalid_argument`
 */
export function sink<const Name extends string, Params extends string = never>(
  name: Name,
  input: TableStep,
  connector: SinkConnector<Params>,
  options?: SinkOptions,
): SinkStep<Name, Known<Params>> {
  const where = place('sink', name);
  if (!isTableStep(input)) throw invalidArgument(where, `needs a step with a table, not ${describe(input)}`);
  const captured = captureConnector(where, 'sink', connector as SinkConnector);
  return handle('sink', name, checkOptions(where, 'sink', options), {
    params: connectorParams(captured),
    input,
    connector: captured,
  });
}

/**
 * A step that does something and has no table. What it returns becomes the stage's `result`, as JSON. It is remembered
 * until its task succeeds, unless `reuse: true`.
 *
 * @throws CairnError `invalid_argument`
 */
export function effect<const Name extends string, const Inputs extends StepInputs>(
  name: Name,
  inputs: Inputs,
  run: (inputs: InputValues<Inputs>, context: StepContext) => unknown,
  options?: EffectOptions,
): EffectStep<Name, ParamName<Inputs[keyof Inputs]>> {
  return code('effect', place('effect', name), name, inputs, run, options) as EffectStep<
    Name,
    ParamName<Inputs[keyof Inputs]>
  >;
}

function code(
  kind: 'transform' | 'effect',
  where: string,
  name: string,
  inputs: unknown,
  run: unknown,
  options: unknown,
): Step {
  if (!isPlainObject(inputs) || '~cairn' in inputs) {
    throw invalidArgument(where, `needs sql\`...\` or an object of inputs, not ${describe(inputs)}`);
  }
  const params = new Set<string>();
  for (const [input, value] of Object.entries(inputs)) {
    if (isParam(value)) params.add(value.name);
    else if (!isTableStep(value) && !isSecret(value)) {
      const what = `input '${input}' must be a step with a table, param() or secret(), not ${describe(value)}`;
      throw invalidArgument(where, what);
    }
  }
  if (typeof run !== 'function')
    throw invalidArgument(where, `needs a function after its inputs, not ${describe(run)}`);
  return handle(kind, name, checkOptions(where, kind, options), {
    params: Object.freeze([...params]),
    inputs: Object.freeze({ ...inputs }),
    run,
  });
}

function handle(kind: Step['kind'], name: string, options: Step['options'], rest: object): never {
  return Object.freeze({ '~cairn': 'step', kind, name, options, ...rest }) as never;
}

function place(factory: string, name: unknown): string {
  return typeof name === 'string' ? `${factory} '${name}'` : factory;
}
