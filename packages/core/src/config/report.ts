import { invalidConfig, type ConfigIssue } from '../errors/config-errors.ts';
import { nearestName } from '../errors/suggest.ts';
import { pathText, type ConfigPath, type ConfigSource } from './source.ts';

/** Something wrong, and where. */
export interface Mistake {
  readonly path: ConfigPath;
  readonly message: string;
  /** The key is unknown, and these are not; or the value is, when it is the `name`. */
  readonly known?: readonly string[];
  readonly name?: string;
  /** The key is not there. */
  readonly isMissing?: boolean;
  /** A part of the value that is at fault. */
  readonly within?: string;
  /** Or where in it: an offset in the text that the value is. */
  readonly offset?: number;
}

/** Collects what is wrong, so that all of it is told at once. */
export interface Report {
  add(mistake: Mistake): void;
  /** What was added so far, in the order of the source; what follows from something else is left out. */
  issues(): readonly ConfigIssue[];
  /** @throws CairnError `invalid_config` when anything was added */
  end(): void;
}

/** Nobody reads more, and finding what follows from what takes a time that grows with the square of them. */
const most = 100;

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
    const { path, message, known, name, isMissing, within, offset } = mistake;
    const suggestion = suggestionFor(mistake);
    const isKey = isMissing === true || (known !== undefined && name === undefined);
    const at = isMissing === true ? path.slice(0, -1) : path;
    return {
      path: pathText(path),
      message,
      ...source.locate?.(at, isKey ? 'key' : 'value', within, offset),
      ...(suggestion === undefined ? {} : { suggestion }),
    };
  };

  const all = (): ConfigIssue[] =>
    mistakes
      .filter((mistake) => !follows(mistake))
      .map(toIssue)
      .sort((one, other) => (one.line ?? 0) - (other.line ?? 0) || (one.column ?? 0) - (other.column ?? 0));
  return {
    add: (mistake) => void (mistakes.length < most && mistakes.push(mistake)),
    issues: all,
    end() {
      if (mistakes.length > 0) throw invalidConfig(all(), source);
    },
  };
}
