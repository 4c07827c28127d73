import type { EngineIdentity } from '../engine/engine.ts';
import { canonicalJson, isSameJson } from '../pipeline/canonical.ts';
import type { Json } from '../pipeline/json.ts';
import type { SqlToken } from '../pipeline/lexer.ts';
import { canonicalParams } from '../pipeline/params.ts';
import type { PlannedStep } from '../pipeline/plan.ts';
import type { Components } from './manifest.ts';
import { hashText } from './sha256.ts';

/** The version of what enters a fingerprint; a change of the rules below changes it. */
export const fingerprintVersion = 1;

/** What a fingerprint needs that the plan does not know. */
export interface FingerprintFacts {
  readonly pipeline: string;
  readonly engine: EngineIdentity;
  /** For every input by name: its content hash, or its fingerprint when it keeps no checkpoint. */
  readonly inputs: Readonly<Record<string, string>>;
  /** The identity of the bytes that a source reads. */
  readonly identity?: string | undefined;
}

/**
 * What a step's output depends on, component by component (DESIGN.md, part 7). A transform and an effect have no
 * text to go by, so that what tells two functions of one version apart is their pipeline and step; a sink's place
 * is part of what it is, since another place needs another write.
 */
export function fingerprintComponents(step: PlannedStep, facts: FingerprintFacts): Components {
  const components: Record<string, Json> = {
    format: fingerprintVersion,
    kind: step.kind,
    params: canonicalParams(step.params),
    inputs: facts.inputs,
  };
  const { name, dialect, version, settings } = facts.engine;
  if (step.kind !== 'effect') components['engine'] = { dialect, name, settings, version };
  switch (step.kind) {
    case 'source':
      components['connector'] = {
        options: canonicalParams(step.connector.options),
        type: step.connector.type,
      };
      components['identity'] = facts.identity ?? '';
      break;
    case 'sql':
      components['sql'] = sqlText(step.tokens);
      break;
    case 'transform':
    case 'effect':
      components['code'] = `${facts.pipeline}/${step.name}`;
      components['version'] = step.version ?? null;
      components['arguments'] = Object.fromEntries(
        Object.entries(step.arguments).map(([argument, value]) => [
          argument,
          value.kind === 'step'
            ? { step: value.step }
            : value.kind === 'secret'
              ? { secret: true }
              : { param: canonicalParams(value.value) },
        ]),
      );
      break;
    case 'fanIn':
      components['order'] = step.inputs;
      break;
    case 'sink':
      components['connector'] = {
        location: canonicalParams(step.connector.location),
        options: canonicalParams(step.connector.options),
        type: step.connector.type,
      };
      break;
  }
  return Object.fromEntries(Object.entries(components).sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** A statement as it stands in the component. */
export function sqlText(tokens: readonly SqlToken[]): string {
  return tokens.map(tokenText).join(' ');
}

/** A token as it stands in the component: readable, and no two kinds alike. */
function tokenText({ kind, text }: SqlToken): string {
  return kind === 'table' ? `{${text}}` : kind === 'value' ? `?${text}` : text;
}

/**
 * The fingerprint: SHA-256 over the canonical JSON of the components.
 *
 * @param known Of a committed checkpoint, whose fingerprint it is when it was made of the same: that is found out sooner.
 */
export function fingerprint(
  components: Components,
  known?: { readonly components: Components; readonly fingerprint: string },
): string {
  if (known !== undefined && isSameJson(components, known.components)) return known.fingerprint;
  return hashText(canonicalJson(components));
}

/** The names of the components that differ, or undefined when there is nothing to compare with. */
export function changedComponents(before: Components | undefined, after: Components): string[] | undefined {
  if (before === undefined) return undefined;
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names
    .filter((name) => canonicalJson(before[name] ?? null) !== canonicalJson(after[name] ?? null))
    .sort();
}
