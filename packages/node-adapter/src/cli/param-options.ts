import { CairnError, compile, isCairnError, type Pipeline, type Plan } from '@cairn/core';
import { didYouMean } from '@cairn/core/plugin';

/**
 * Turns `name=value` options into params that the pipeline's schema takes. A value is JSON when it reads as JSON,
 * otherwise text; where the schema refuses the JSON value, the text as it was typed is tried. They come before those that are configured.
 *
 * @returns the params, and in words those of which the schema made nothing: misspelt ones, mostly
 * @throws CairnError `invalid_argument` for an option without a name, `invalid_params` from the schema
 */
export async function paramsFromOptions(
  pipeline: Pipeline,
  options: readonly string[],
  configured: Readonly<Record<string, unknown>> = {},
): Promise<{ readonly params: Record<string, unknown>; readonly ignored: readonly string[] }> {
  const texts = new Map<string, string>();
  for (const option of options) {
    const at = option.indexOf('=');
    if (at < 1) {
      throw new CairnError('invalid_argument', `--param takes name=value, not '${option}'`, {
        details: { option },
      });
    }
    texts.set(option.slice(0, at), option.slice(at + 1));
  }
  const params: Record<string, unknown> = { ...configured };
  for (const [name, text] of texts) params[name] = fromJson(text);
  const told = (taken: Record<string, unknown>, { params: made }: Plan) => ({
    params: taken,
    ignored: [...texts.keys()]
      .filter((name) => !Object.hasOwn(made, name))
      .map((name) => `'${name}'${didYouMean(name, Object.keys(made))}`),
  });
  try {
    return told(params, await compile(pipeline, params as never));
  } catch (error) {
    if (!isCairnError(error, 'invalid_params')) throw error;
    const typed = { ...params };
    for (const [name, text] of texts) if (concerns(error, name)) typed[name] = text;
    try {
      return told(typed, await compile(pipeline, typed as never));
    } catch {
      throw error;
    }
  }
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function concerns(error: CairnError, name: string): boolean {
  const issues = error.details['issues'];
  if (!Array.isArray(issues)) return false;
  return issues.some((issue: { readonly path?: unknown }) => {
    const path = Array.isArray(issue.path) ? String(issue.path[0]) : String(issue.path).split('.')[0];
    return path === name;
  });
}
