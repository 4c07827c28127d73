import { sqlText } from '../checkpoint/fingerprint.ts';
import { hashText } from '../checkpoint/sha256.ts';
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
export function pipelineFingerprint({ pipeline, params, processes, steps }: Plan): string {
  return hashText(
    canonicalJson({
      version,
      pipeline,
      params: canonicalParams(params),
      processes: byName(
        processes.map((process) => [
          process.name,
          { after: process.after.toSorted(), description: process.description ?? null },
        ]),
      ),
      steps: byName(steps.map((step) => [step.name, stepFields(step)])),
    }),
  );
}

function byName(entries: readonly (readonly [name: string, fields: Json])[]): Json {
  return Object.fromEntries(entries);
}

/** Fields that follow from others, or have a form of their own. */
const derived: ReadonlySet<string> = new Set(['chunks', 'connector', 'functions', 'tokens']);

/** Every field of a step, whatever its kind. */
function stepFields(step: PlannedStep): Json {
  const fields: Record<string, Json> = {};
  for (const [name, value] of Object.entries(step) as [string, unknown][]) {
    if (value !== undefined && !derived.has(name)) fields[name] = plain(value);
  }
  fields['after'] = step.after.toSorted();
  fields['tags'] = step.tags.toSorted();
  if (step.kind === 'sql') fields['tokens'] = sqlText(step.tokens);
  if (step.kind === 'source' || step.kind === 'sink') {
    const { type, location, options } = step.connector;
    fields['connector'] = {
      type,
      location: canonicalParams(location),
      options: canonicalParams(options),
    };
  }
  return fields;
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
