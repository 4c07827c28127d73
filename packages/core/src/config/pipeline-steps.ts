import { fanIn, sink, source, step } from '../pipeline/author.ts';
import { isPlainObject } from '../pipeline/check.ts';
import { canonicalJson } from '../pipeline/canonical.ts';
import type { SinkConnector, SourceConnector } from '../pipeline/connector.ts';
import { param } from '../pipeline/param.ts';
import { canonicalParams } from '../pipeline/params.ts';
import { secret } from '../pipeline/secret.ts';
import type { Sql } from '../pipeline/sql.ts';
import type { PlainStepOptions, StepOptions } from '../pipeline/step-options.ts';
import { isTableStep, type Step, type StepInputs, type TableStep } from '../pipeline/step.ts';
import type { Check } from '../pipeline/table-check.ts';
import type { PluginTransform } from '../plugin/contribution.ts';
import type { Contributions, NamedKind } from '../plugin/contributions.ts';
import { blame } from './blame.ts';
import { checkReferences, type LinkedEntry, type StepNames } from './pipeline-references.ts';
import type { ConfigPath } from './source.ts';
import { sqlOf } from './yaml-sql.ts';
import { optionValue, type ValueScope } from './yaml-values.ts';

/** What an entry's parts are made with. */
export interface PartScope {
  readonly registry: Contributions;
  readonly params: ReadonlySet<string>;
  readonly names: StepNames;
}

/** What plugins have made for an entry. Checks may need handles of other steps, and come later. */
export interface Part {
  readonly connector?: SourceConnector | SinkConnector | undefined;
  readonly transform?: PluginTransform | undefined;
  checks(handles: ReadonlyMap<string, Step>): readonly Check[] | undefined;
}

/** Makes what does not depend on other steps, and tells what is wrong with it. */
export function makePart(entry: LinkedEntry, scope: PartScope): Part {
  const { kind, value, path } = entry;
  const makeChecks = (handles: ReadonlyMap<string, Step>): readonly Check[] | undefined =>
    (value['checks'] as readonly unknown[] | undefined)?.flatMap((check, index) => {
      const made = contributed('check', check, [...path, 'checks', index], entry, scope, handles);
      return made === undefined ? [] : [made as unknown as Check];
    });
  // Most need no handle, and what is wrong with them is told with the rest.
  const early = entry.checked.length === 0 ? { made: makeChecks(new Map()) } : undefined;
  const checks: Part['checks'] = (handles) => (early === undefined ? makeChecks(handles) : early.made);
  if (kind === 'source')
    return { checks, connector: contributed('source', value['from'], [...path, 'from'], entry, scope) };
  if (kind === 'sink')
    return { checks, connector: contributed('sink', value['to'], [...path, 'to'], entry, scope) };
  if (kind !== 'transform') return { checks };
  for (const [name, at] of argumentsOf(entry)) {
    if (typeof name !== 'string') continue;
    if (!name.startsWith('$')) scope.names.find(name, entry, at, true);
    else if (!scope.params.has(name.slice(1)))
      entry.file.report.add({
        path: at,
        name: name.slice(1),
        known: [...scope.params],
        message: `there is no param '${name.slice(1)}'`,
      });
  }
  const at = [...path, 'transform'];
  const made = contributed('transform', value['transform'], at, entry, scope);
  const { type: _, ...options } = isPlainObject(value['transform']) ? value['transform'] : {};
  // Options are code like any other: what they are is part of the version.
  const version =
    made && (Object.keys(options).length === 0 ? made.version : `${made.version} ${optionsText(options)}`);
  return { checks, transform: made && { run: made.run, version: version ?? '' } };
}

const optionsText = (options: object): string => canonicalJson(canonicalParams(options));

interface Made {
  readonly source: SourceConnector;
  readonly sink: SinkConnector;
  readonly transform: PluginTransform;
  readonly check: object;
}

function contributed<Kind extends NamedKind>(
  kind: Kind,
  given: unknown,
  path: ConfigPath,
  entry: LinkedEntry,
  parts: PartScope,
  handles: ReadonlyMap<string, Step> = new Map(),
): Made[Kind] | undefined {
  const { type, ...rest } = isPlainObject(given) ? given : { type: given };
  const { report } = entry.file;
  const { registry, params } = parts;
  let isRefused = false;
  const scope: ValueScope = {
    report: {
      ...report,
      add(mistake) {
        isRefused = true;
        report.add(mistake);
      },
    },
    params: kind === 'transform' ? 'a transform takes params among its inputs, not in its options' : params,
    ...(kind === 'check'
      ? { forms: watched(checkForms(entry, parts, handles), () => (isRefused = true)) }
      : {}),
  };
  const options = Object.fromEntries(
    Object.entries(rest).map(([key, value]) => [key, optionValue(value, [...path, key], scope)]),
  );
  if (isRefused) return undefined;
  try {
    return registry[kind](String(type), options) as Made[Kind];
  } catch (error) {
    blame(error, path, report);
    return undefined;
  }
}

type Forms = NonNullable<ValueScope['forms']>;

/** Forms report on their own what they cannot be. */
function watched(forms: Forms, onRefused: () => void): Forms {
  return Object.fromEntries(
    Object.entries(forms).map(([key, form]) => [
      key,
      (given: unknown, path: ConfigPath) => {
        const value = form(given, path);
        if (value === undefined) onRefused();
        return value;
      },
    ]),
  );
}

/** What may stand in the options of a check besides: a step's table, and a fragment of SQL over the table itself. */
function checkForms(entry: LinkedEntry, parts: PartScope, handles: ReadonlyMap<string, Step>): Forms {
  return {
    $step: (name, path) => {
      const found = typeof name === 'string' ? parts.names.find(name, entry, path, true) : undefined;
      return found === undefined ? undefined : handles.get(found);
    },
    $sql: (text, path) => fragmentOf(String(text), path, entry, parts, handles),
  };
}

/** A piece of SQL, over the step's own table and others. */
function fragmentOf(
  text: string,
  path: ConfigPath,
  entry: LinkedEntry,
  { params, names }: PartScope,
  handles: ReadonlyMap<string, Step>,
): Sql | undefined {
  const { references, problems } = checkReferences(text, entry.name, names, params);
  for (const { message, start, name, unknown } of problems) {
    const known = unknown === 'param' ? [...params] : [...names.tables.values()];
    entry.file.report.add({ path, message, offset: start, ...(name === undefined ? {} : { name, known }) });
  }
  return problems.length > 0 ? undefined : sqlOf(text, references, handles as ReadonlyMap<string, TableStep>);
}

/** The inputs of a transform, and where each of them is written. */
function argumentsOf({ value, path }: LinkedEntry): readonly (readonly [value: unknown, path: ConfigPath])[] {
  const { inputs = [] } = value;
  return Object.entries(inputs as object).map(([key, one]: [string, unknown]) => [
    one,
    [...path, 'inputs', Array.isArray(inputs) ? Number(key) : key],
  ]);
}

/** Makes the handle of an entry whose references have theirs; undefined, and told, when the step's factory refuses it. */
export function makeStep(
  entry: LinkedEntry,
  part: Part,
  handles: ReadonlyMap<string, Step>,
): Step | undefined {
  const { kind, name, value, path, file } = entry;
  const checks = part.checks(handles);
  const options = {
    ...optionsOf(value),
    ...(entry.after.length === 0 ? {} : { after: entry.after.flatMap((one) => handles.get(one) ?? []) }),
    ...(checks === undefined ? {} : { checks }),
  } as PlainStepOptions;
  const tables = handles as ReadonlyMap<string, TableStep>;
  const inputs = (entry.inputs ?? []).flatMap((input) => tables.get(input) ?? []);
  try {
    switch (kind) {
      case 'source':
        return source(name, part.connector as SourceConnector, options);
      case 'sink': {
        const { checks: _, ...rest } = options as StepOptions;
        return sink(name, inputs[0] as TableStep, part.connector as SinkConnector, rest);
      }
      case 'fanIn':
        return fanIn(name, inputs, options);
      case 'transform': {
        const { run, version } = part.transform as PluginTransform;
        return step(name, stepInputs(value, handles), run as never, { ...options, version });
      }
      default:
        return step(name, sqlOf(entry.sql?.text ?? '', entry.references, tables, entry.inputs), options);
    }
  } catch (error) {
    blame(error, path, file.report);
    return undefined;
  }
}

const own = [
  'source',
  'step',
  'fanIn',
  'sink',
  'from',
  'to',
  'sql',
  'sqlFile',
  'transform',
  'input',
  'inputs',
  'after',
  'checks',
];

function optionsOf(value: LinkedEntry['value']): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !own.includes(key)));
}

/** A list names steps by themselves. */
function stepInputs({ inputs = [] }: LinkedEntry['value'], handles: ReadonlyMap<string, Step>): StepInputs {
  const entries = Array.isArray(inputs)
    ? (inputs as readonly string[]).map((name) => [name.replace(/^\$/, ''), name] as const)
    : Object.entries(inputs as Readonly<Record<string, unknown>>);
  return Object.fromEntries(
    entries.map(([name, given]) => {
      if (typeof given !== 'string') return [name, secret((given as { readonly $secret: string }).$secret)];
      if (given.startsWith('$')) return [name, param(given.slice(1))];
      const handle = handles.get(given);
      if (!isTableStep(handle)) throw new TypeError(`there is no handle of the step '${given}'`);
      return [name, handle];
    }),
  );
}
