import { parseArgs } from 'node:util';
import { CairnError } from '@cairn/core';
import { didYouMean } from '@cairn/core/plugin';
import type { CommandSpec, Given } from './command-spec.ts';

/** The error for a command line that makes no sense; says where help is. */
export function usageError(message: string, command?: string): CairnError {
  const help = command === undefined ? 'cairn --help' : `cairn ${command} --help`;
  return new CairnError('invalid_argument', `${message} (see ${help})`, {
    details: { usage: true, command },
  });
}

/**
 * Reads what stands after a command, by Node's own tokens and nobody's guesses: every value is the text that was typed.
 *
 * @throws CairnError `invalid_argument`
 */
export function parseArguments(command: CommandSpec, args: readonly string[]): Given {
  const wrong = (message: string): CairnError => usageError(message, command.name);
  const known = Object.entries(command.options);
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      known.map(([name, { value, short }]) => [
        name,
        { type: value === undefined ? 'boolean' : 'string', ...(short === undefined ? {} : { short }) },
      ]),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });

  const values = new Map<string, string[]>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const { name, rawName, value, inlineValue } = token;
    const option = Object.hasOwn(command.options, name) ? command.options[name] : undefined;
    if (option === undefined) {
      const near = didYouMean(name, Object.keys(command.options)).replace(/'(\S+)'\?$/, "'--$1'?");
      throw wrong(`cairn ${command.name} has no option '${rawName}'${near}`);
    }
    if (option.value === undefined) {
      if (value !== undefined) throw wrong(`${rawName} is a flag and takes no value`);
    } else if (value === undefined || (!inlineValue && value.length > 1 && value.startsWith('-'))) {
      const but = value === undefined ? '' : `; if it is '${value}', write ${rawName}=${value}`;
      throw wrong(`${rawName} needs a value: ${rawName} <${option.value}>${but}`);
    }
    const before = values.get(name) ?? [];
    if (before.length > 0 && option.repeatable !== true) throw wrong(`${rawName} may be given once only`);
    values.set(name, [...before, value ?? '']);
  }

  const missing = command.arguments.find(({ required }, index) => required && index >= positionals.length);
  if (missing !== undefined) throw wrong(`cairn ${command.name} needs <${missing.name}>`);
  const extra = positionals[command.arguments.length];
  if (extra !== undefined) throw wrong(`cairn ${command.name} does not know what to do with '${extra}'`);

  const text = (name: string): string | undefined => values.get(name)?.[0];
  return {
    positionals,
    flag: (name) => values.has(name),
    text,
    list: (name) => values.get(name) ?? [],
    count(name, least = 1) {
      const given = text(name);
      if (given === undefined) return undefined;
      const count = /^\d+$/.test(given) ? Number(given) : NaN;
      if (!Number.isSafeInteger(count) || count < least)
        throw wrong(`--${name} must be a whole number from ${least} on, not '${given}'`);
      return count;
    },
    word(name, words) {
      const given = text(name);
      if (given === undefined) return undefined;
      const word = words.find((one) => one === given);
      if (word === undefined)
        throw wrong(`--${name} must be ${words.join(', ').replace(/, (\w+)$/, ' or $1')}, not '${given}'`);
      return word;
    },
    wrong,
  };
}
