/** An option of a command, told to the parser and to the help alike. */
export interface OptionSpec {
  /** What its value is called in the help; undefined for a flag. */
  readonly value?: string;
  /** May be given more than once. */
  readonly repeatable?: boolean;
  /** One letter. */
  readonly short?: string;
  readonly text: string;
}

/** What stands after a command without a name of its own. */
export interface ArgumentSpec {
  readonly name: string;
  readonly required?: boolean;
  readonly text: string;
}

/** A command: what it takes, what it says of itself, and how to get at its code. */
export interface CommandSpec {
  readonly name: string;
  /** One line, for the list of commands. */
  readonly summary: string;
  /** Paragraphs, for its own help. */
  readonly about: readonly string[];
  readonly arguments: readonly ArgumentSpec[];
  readonly options: Readonly<Record<string, OptionSpec>>;
  /** Command lines, and what they do. */
  readonly examples: readonly (readonly [command: string, what: string])[];
  readonly exitCodes: readonly (readonly [code: string, meaning: string])[];
  /** Loaded when it is needed: help need not wait for the engine's code. */
  load(): Promise<(given: Given) => Promise<number>>;
}

/** What was given to a command, as it was typed: `007` stays text. */
export interface Given {
  readonly positionals: readonly string[];
  flag(option: string): boolean;
  text(option: string): string | undefined;
  list(option: string): readonly string[];
  /** A whole number from `least` on. @throws CairnError `invalid_argument` */
  count(option: string, least?: number): number | undefined;
  /** One of these words. @throws CairnError `invalid_argument` */
  word<Word extends string>(option: string, words: readonly Word[]): Word | undefined;
  /** The error for what was given wrongly, naming the command. */
  wrong(message: string): Error;
}
