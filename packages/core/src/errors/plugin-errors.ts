import { CairnError } from './cairn-error.ts';
import { didYouMean } from './suggest.ts';

/** Something wrong with an option, and where in the options. */
export interface OptionIssue {
  /** Such as `range.from` or `ids[2]`; empty for the whole. */
  readonly path: string;
  readonly message: string;
}

/** A short name that several plugins have. `candidates` are the whole ones. */
export function ambiguousContribution(kind: string, name: string, candidates: readonly string[]): CairnError {
  const list = candidates.map((candidate) => `'${candidate}'`).join(' and ');
  return new CairnError(
    'ambiguous_contribution',
    `There is more than one ${kind} '${name}': ${list}. Name one of them whole`,
    { details: { kind, name, candidates } },
  );
}

/** Two plugins of one name, without regard to case. */
export function duplicatePlugin(name: string, versions: readonly [string, string]): CairnError {
  return new CairnError(
    'duplicate_plugin',
    `There are two plugins named '${name}' (case does not count), of version ${versions.join(' and of version ')}: give one`,
    { details: { name, versions } },
  );
}

/** Options that a contribution's schema refuses. Every issue is listed. */
export function invalidOptions(
  where: string,
  issues: readonly OptionIssue[],
  details: Readonly<Record<string, unknown>> = {},
  cause?: unknown,
): CairnError {
  const list = issues.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  return new CairnError('invalid_argument', `The options of ${where} are invalid: ${list.join('; ')}`, {
    details: { where, issues, ...details },
    cause,
  });
}

/** A plugin that is none. */
export function invalidPlugin(plugin: string, why: string): CairnError {
  return new CairnError('invalid_plugin', `${plugin} ${why}`, { details: { plugin } });
}

/** Code of a plugin has thrown, or has not done what it has to. `part` is a hook or a contribution. */
export function pluginFailed(
  plugin: string,
  part: { readonly hook: string } | { readonly contribution: string },
  cause: unknown,
  details: Readonly<Record<string, unknown>> = {},
): CairnError {
  const what = 'hook' in part ? `in its hook '${part.hook}'` : `in its ${part.contribution}`;
  const said = cause instanceof Error ? cause.message : String(cause);
  return new CairnError('plugin_failed', `Plugin '${plugin}' failed ${what}: ${said}`, {
    details: { plugin, ...part, ...details },
    cause,
  });
}

/** A name that no plugin's contribution has. */
export function unknownContribution(
  kind: string,
  name: string,
  known: readonly string[],
  all: readonly string[] = known,
): CairnError {
  const has = known.length === 0 ? 'no plugin has one' : `known: ${known.join(', ')}`;
  return new CairnError(
    'unknown_contribution',
    `There is no ${kind} '${name}' (${has})${didYouMean(name, all)}`,
    { details: { kind, name, known } },
  );
}
