import { invalidConfig, type ConfigIssue } from '../errors/config-errors.ts';
import { nearestName } from '../errors/suggest.ts';
import { pathText, type ConfigPath, type ConfigSource } from './source.ts';

interface Mistake {
  readonly path: ConfigPath;
  readonly message: string;
  /** The key is unknown, and these are not; or the value is, when it is the `name`. */
  readonly known?: readonly string[];
  readonly name?: string;
  /** The key is not there. */
  readonly isMissing?: boolean;
  /** A part of the value that is at fault. */
  readonly within?: string;
}

/** Collects what is wrong, so that all of it is told at once. */
export interface Report {
  add(mistake: Mistake): void;
  /** @throws CairnError `invalid_config` when anything was added */
  end(): void;
}

/** Makes a {@link Report} about what came from a source. */
export function createReport(source: ConfigSource): Report {
  const mistakes: Mistake[] = [];
  const suggestionFor = ({ path, known = [], name }: Mistake): string | undefined =>
    nearestName(name ?? String(path.at(-1)), known);

  const pathOf = ({ path }: Mistake, end?: number): string => pathText(path.slice(0, end));

  /** What is missing because its name was misspelt is told once, and so is a text that could not be filled in. */
  const follows = (mistake: Mistake): boolean =>
    mistakes.some((other) => {
      if (other.within !== undefined)
        return mistake.within === undefined && pathOf(other) === pathOf(mistake);
      return (
        mistake.isMissing === true &&
        other.known !== undefined &&
        other.name === undefined &&
        pathOf(other, -1) === pathOf(mistake, -1) &&
        suggestionFor(other) === mistake.path.at(-1)
      );
    });

  const toIssue = (mistake: Mistake): ConfigIssue => {
    const { path, message, known, name, isMissing, within } = mistake;
    const suggestion = suggestionFor(mistake);
    const isKey = isMissing === true || (known !== undefined && name === undefined);
    const at = isMissing === true ? path.slice(0, -1) : path;
    return {
      path: pathText(path),
      message,
      ...source.locate?.(at, isKey ? 'key' : 'value', within),
      ...(suggestion === undefined ? {} : { suggestion }),
    };
  };

  return {
    add: (mistake) => mistakes.push(mistake),
    end() {
      if (mistakes.length === 0) return;
      const issues = mistakes.filter((mistake) => !follows(mistake)).map(toIssue);
      issues.sort(
        (one, other) => (one.line ?? 0) - (other.line ?? 0) || (one.column ?? 0) - (other.column ?? 0),
      );
      throw invalidConfig(issues, source);
    },
  };
}
