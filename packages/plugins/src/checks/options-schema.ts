import { didYouMean, isParam, isSql, isSqlScalar, isTableStep } from '@cairn/core/plugin';

/** What is wrong with an option, as a Standard Schema says it. */
interface Issue {
  readonly message: string;
  readonly path: readonly PropertyKey[];
}

/** What an option must be, in words, and whether a value is that. */
export interface Rule {
  readonly expected: string;
  readonly isRequired?: boolean;
  holds(value: unknown): boolean;
}

/** A Standard Schema that answers at once. @see https://standardschema.dev */
export interface OptionsSchemaOf<Options> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: 'cairn';
    readonly types?: { readonly input: Options; readonly output: Options };
    validate(value: unknown): { readonly value: Options } | { readonly issues: readonly Issue[] };
  };
}

/** A schema of options by name, for when a check is named and not called: all that is wrong is said at once. */
export function optionsSchema<Options>(rules: Readonly<Record<string, Rule>>): OptionsSchemaOf<Options> {
  const all: Readonly<Record<string, Rule>> = { ...rules, ...common };
  const validate = (value: unknown): { value: Options } | { issues: Issue[] } => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return { issues: [{ message: 'must be an object of options', path: [] }] };
    const given = value as Readonly<Record<string, unknown>>;
    const issues: Issue[] = [];
    for (const name of Object.keys(given))
      if (!Object.hasOwn(all, name))
        issues.push({ message: unknownOption(name, Object.keys(all)), path: [name] });
    for (const [name, rule] of Object.entries(all)) {
      const own = given[name];
      if (own === undefined ? rule.isRequired === true : !rule.holds(own))
        issues.push({ message: `must be ${rule.expected}`, path: [name] });
    }
    return issues.length > 0 ? { issues } : { value: value as Options };
  };
  return { '~standard': { version: 1, vendor: 'cairn', validate } };
}

function unknownOption(name: string, known: readonly string[]): string {
  return `is no option (known: ${known.join(', ')})${didYouMean(name, known)}`;
}

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
const isValue = (value: unknown): boolean => isParam(value) || (value !== null && isSqlScalar(value));

export const required = (rule: Rule): Rule => ({ ...rule, isRequired: true });

export const text: Rule = { expected: 'text that is not empty', holds: isText };
export const texts: Rule = {
  expected: 'the name of a column, or a list of one or more',
  holds: (value) => isText(value) || (Array.isArray(value) && value.length > 0 && value.every(isText)),
};
export const textList: Rule = {
  expected: 'a list of names of columns',
  holds: (value) => Array.isArray(value) && value.every(isText),
};
export const count: Rule = { expected: 'a whole number from 0 on', holds: isCount };
export const oneValue: Rule = { expected: 'a value that is not null, or a param', holds: isValue };
export const values: Rule = {
  expected: 'a list of one or more values that are not null, or a param',
  holds: (value) => isParam(value) || (Array.isArray(value) && value.length > 0 && value.every(isValue)),
};
export const age: Rule = {
  expected: 'a number of milliseconds, more than 0, or a param',
  holds: (value) => isParam(value) || (typeof value === 'number' && value > 0),
};
export const pattern: Rule = {
  expected: 'a regular expression',
  holds: (value) => isText(value) || value instanceof RegExp,
};
export const condition: Rule = {
  expected: 'a condition in SQL',
  holds: (value) => isText(value) || isSql(value),
};
export const tableStep: Rule = { expected: 'a step with a table', holds: isTableStep };
export const tolerance: Rule = {
  expected: 'a number from 0 on, or such numbers by figure',
  holds: (value) => typeof value === 'number' || (typeof value === 'object' && value !== null),
};
export const within: Rule = {
  expected: "'task' or 'pipeline'",
  holds: (value) => value === 'task' || value === 'pipeline',
};

const common: Readonly<Record<string, Rule>> = {
  severity: {
    expected: "'error' or 'warn'",
    holds: (value) => value === 'error' || value === 'warn',
  },
  name: text,
  keepRows: count,
};
