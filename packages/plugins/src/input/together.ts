import { type CairnError, invalidOptions, isCairnError, type OptionIssue } from '@cairn/core/plugin';

/**
 * Does all checks of options, and tells whatever they find wrong in one error. What only one of them finds is thrown as it is.
 *
 * @param where The connector's factory: `fromCsv`.
 * @throws CairnError `invalid_argument`
 */
export function together<const Checks extends readonly (() => unknown)[]>(
  where: string,
  checks: Checks,
): { readonly [Index in keyof Checks]: ReturnType<Checks[Index]> } {
  const found: CairnError[] = [];
  const made = checks.map((check) => {
    try {
      return check();
    } catch (error) {
      if (isCairnError(error, 'invalid_argument')) found.push(error);
      // What breaks after a mistake was found comes of it, such as options that are no object.
      else if (found.length === 0) throw error;
      return undefined;
    }
  });
  const [only, ...more] = found;
  if (only !== undefined && more.length === 0) throw only;
  if (only !== undefined) {
    throw invalidOptions(
      where,
      found.flatMap((error) => issuesOf(where, error)),
    );
  }
  return made as { readonly [Index in keyof Checks]: ReturnType<Checks[Index]> };
}

/** What an error says of options, by the option that it is about. */
function issuesOf(where: string, { message, details }: CairnError): readonly OptionIssue[] {
  const { issues, where: at } = details;
  if (Array.isArray(issues)) return issues as readonly OptionIssue[];
  const place = typeof at === 'string' ? at : '';
  const path = place.startsWith(`${where}.`) ? place.slice(where.length + 1) : '';
  return [{ path, message: message.startsWith(`${place}: `) ? message.slice(place.length + 2) : message }];
}
