/** What a pipeline's files may be at most, all of them together. */
export interface YamlLimits {
  /** How many characters they have, those of SQL too. */
  readonly characters: number;
  /** How many pieces YAML is cut into: a key with its value on a line of its own is about six. */
  readonly tokens: number;
  /** How many collections stand inside one another. */
  readonly depth: number;
  /** How many values the aliases of a file stand for. */
  readonly aliasValues: number;
  /** How many characters of text they stand for. */
  readonly aliasCharacters: number;
  /** How many files there are, those of SQL too. */
  readonly files: number;
  /** How deep files include others. */
  readonly includeDepth: number;
  /** How many mistakes in a file's YAML are told. */
  readonly mistakes: number;
}

/** The limits, so that no document takes unbounded time or memory: what is more is refused before it is made. */
export const yamlLimits: YamlLimits = Object.freeze({
  characters: 4_194_304,
  tokens: 500_000,
  depth: 64,
  aliasValues: 10_000,
  aliasCharacters: 1_048_576,
  files: 1000,
  includeDepth: 16,
  mistakes: 50,
});

/** What is left of the limits that a pipeline's files share. */
export interface YamlBudget {
  characters: number;
  tokens: number;
  files: number;
}

/** All of it. */
export function yamlBudget(): YamlBudget {
  const { characters, tokens, files } = yamlLimits;
  return { characters, tokens, files };
}
