import { checkCount, checkKeys, invalidArgument, type CheckSeverity } from '@cairn/core/plugin';

/** Options that every check takes. */
export interface CheckOptions {
  /** `warn`: what does not pass is told, and the step goes on. @default 'error' */
  readonly severity?: CheckSeverity | undefined;
  /** By which it is known in results and records; once in a step. @default what it is, such as `notNull(origin)` */
  readonly name?: string | undefined;
  /** How many of the rows that fail are kept, 0 for none. @default 100 */
  readonly keepRows?: number | undefined;
}

/** What a check has of its {@link CheckOptions}. */
export interface CommonParts {
  readonly name: string;
  readonly severity: CheckSeverity;
  readonly keepRows?: number;
}

/**
 * Checks the options that all take, and that there are no others but these.
 *
 * @param usual The name of a check that is given none.
 * @throws CairnError `invalid_argument`
 */
export function commonParts(
  type: string,
  usual: string,
  options: CheckOptions,
  more: readonly string[] = [],
): CommonParts {
  checkKeys(type, options, ['severity', 'name', 'keepRows', ...more], 'option');
  const { severity = 'error', name = usual.slice(0, longest), keepRows } = options;
  if (severity !== 'error' && severity !== 'warn')
    throw invalidArgument(type, "option 'severity' must be 'error' or 'warn'");
  if (typeof name !== 'string' || name === '' || name.length > longest)
    throw invalidArgument(type, `option 'name' must be text of 1 to ${longest} characters`);
  if (keepRows === undefined) return { name, severity };
  checkCount(type, "option 'keepRows'", keepRows, 0);
  return { name, severity, keepRows };
}

const longest = 200;

/** The name of a column. @throws CairnError `invalid_argument` */
export function checkColumn(type: string, column: unknown): string {
  if (typeof column === 'string' && column !== '') return column;
  throw invalidArgument(type, 'needs the name of a column');
}
