import { sqlText } from '../checkpoint/fingerprint.ts';
import { sha256 } from '../checkpoint/sha256.ts';
import { canonicalJson } from '../pipeline/canonical.ts';
import { isPlainObject } from '../pipeline/check.ts';
import type { Json } from '../pipeline/json.ts';
import { canonicalParams } from '../pipeline/params.ts';
import type { Plan, PlannedStep } from '../pipeline/plan.ts';

/** The version of what enters it; a change of the rules below changes it. */
const version = 1;

/**
 * What a pipeline and its params are, hashed: SHA-256 over the canonical JSON of all that its plan says, field by
 * field, so that no two pipelines are alike. In which order processes, steps, tags and `after` were listed makes no
 * difference. Functions have no text to go by: that there is one is in it, and a step's `version`.
 *
 * It tells runs of one pipeline from those of a changed one. What a step's output depends on is its own fingerprint.
 */
export function pipelineFingerprint({ pipeline, params, processes, steps }: Plan): Promise<string> {
  const names = fieldNames();
  const described = [
    version,
    pipeline,
    canonicalJson(canonicalParams(params)),
    byName(processes, ({ after, description }) => [after.toSorted(), description ?? null]),
    byName(steps, (step) => stepFields(step, names)),
  ];
  // Lists alone: what the platform writes of them is canonical, and is written ten times as fast.
  return sha256(new TextEncoder().encode(JSON.stringify(described)));
}

type Lists = string | number | boolean | null | readonly Lists[];

function byName<Named extends { readonly name: string }>(
  all: readonly Named[],
  fieldsOf: (one: Named) => Lists,
): Lists {
  const named = new Map(all.map((one) => [one.name, one]));
  return [...named.keys()].sort().map((name) => [name, fieldsOf(named.get(name) as Named)]);
}

/** Fields that have a place of their own, or follow from others: every step of its kind has a `run`. */
const apart: ReadonlySet<string> = new Set([
  'checks',
  'chunks',
  'connector',
  'functions',
  'name',
  'run',
  'tokens',
]);

/** Every field of a step that says something, whatever its kind: name and value, one after the other. */
function stepFields(step: PlannedStep, namesOf: (step: PlannedStep) => readonly string[]): Lists {
  const fields: Lists[] = [];
  for (const name of namesOf(step)) {
    const value = (step as unknown as Readonly<Record<string, unknown>>)[name];
    if (typeof value === 'string' || typeof value === 'boolean') fields.push(name, value);
    else if (isEmpty(value)) continue;
    else if (name === 'after' || name === 'tags') fields.push(name, (value as readonly string[]).toSorted());
    else fields.push(name, canonicalJson(plain(value)));
  }
  if (step.checks.length > 0) fields.push('checks', canonicalJson(checksOf(step)));
  if (step.kind === 'sql') fields.push('tokens', sqlText(step.tokens));
  if (step.kind === 'source' || step.kind === 'sink') {
    const { type, location, options } = step.connector;
    fields.push('connector', type, canonicalJson(canonicalParams(location)));
    fields.push(canonicalJson(canonicalParams(options)));
  }
  return fields;
}

function checksOf({ checks }: PlannedStep): Json {
  return checks
    .map(({ described, severity, inputs, keepRows, name }) => ({
      name,
      described,
      severity,
      inputs: inputs.toSorted(),
      keepRows,
    }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** The fields of a step in order, sorted once for all steps that have the same ones. */
function fieldNames(): (step: PlannedStep) => readonly string[] {
  const known = new Map<string, readonly string[]>();
  return (step) => {
    const keys = Object.keys(step);
    const shape = keys.join();
    const names = known.get(shape) ?? keys.filter((name) => !apart.has(name)).sort();
    known.set(shape, names);
    return names;
  };
}

function isEmpty(value: unknown): boolean {
  if (value === undefined) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isPlainObject(value) && Object.keys(value).length === 0;
}

/** Like {@link canonicalParams}, for data in which there may be functions. */
function plain(value: unknown): Json {
  if (typeof value === 'function') return { $function: true };
  if (Array.isArray(value)) return value.map(plain);
  if (!isPlainObject(value) || '~cairn' in value) return canonicalParams(value);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(
    entries.map(([key, item]) => [key.startsWith('$') ? `$${key}` : key, plain(item)] as const),
  );
}
