import { CairnError } from './cairn-error.ts';

/** What is wrong at one place of a configuration. */
export interface ConfigIssue {
  /** Such as `storage.root` or `observability.observers[0].type`; empty for the whole. */
  readonly path: string;
  /** What is wrong; never a value that came from the environment. */
  readonly message: string;
  /** Where it stands in the file, from 1; only where the file has positions (YAML, JSON). */
  readonly line?: number;
  /** From 1. */
  readonly column?: number;
  /** The known name that an unknown one is nearest to. */
  readonly suggestion?: string;
}

/** What the errors of a configuration say of where it came from. */
export interface ConfigOrigin {
  /** The file as people know it, for messages; undefined for an object. */
  readonly file?: string | undefined;
  /** A line of the file, from 1, fit to be shown. */
  lineText?(line: number): string | undefined;
}

const shownWidth = 100;

/** A configuration is not what it must be. All issues are told at once. */
export function invalidConfig(
  issues: readonly ConfigIssue[],
  { file, lineText }: ConfigOrigin = {},
  cause?: unknown,
): CairnError {
  const told = issues.map((issue) => tellIssue(issue, file ?? 'The configuration', lineText));
  const heading = issues.length > 1 ? [`${file ?? 'The configuration'} has ${issues.length} mistakes`] : [];
  return new CairnError('invalid_config', [...heading, ...told].join('\n'), {
    details: { ...(file === undefined ? {} : { file }), issues },
    cause,
  });
}

/** An issue for people: where it is, what is wrong, what may have been meant, and the line at fault. */
export function tellIssue(issue: ConfigIssue, file: string, lineText: ConfigOrigin['lineText']): string {
  const place = [file, issue.line, issue.column].filter((part) => part !== undefined);
  const where = [place.join(':'), issue.path].filter((part) => part !== '').join(': ');
  const hint = issue.suggestion === undefined ? '' : `; did you mean '${issue.suggestion}'?`;
  return `${where}: ${issue.message}${hint}${excerpt(issue, lineText)}`;
}

/** The line at fault with a caret below; a long one is cut around it. */
function excerpt({ line, column }: ConfigIssue, lineText: ConfigOrigin['lineText']): string {
  const text = line === undefined ? undefined : lineText?.(line);
  if (text === undefined || column === undefined) return '';
  const from = column > shownWidth - 20 ? column - 20 : 0;
  // Whatever is not printable would move the caret, or the terminal's.
  const shown = text.slice(from, from + shownWidth).replaceAll(/[\p{C}\s]/gu, ' ');
  const margin = ' '.repeat(String(line).length);
  return `\n  ${line} | ${shown.trimEnd()}\n  ${margin} | ${' '.repeat(column - 1 - from)}^`;
}
