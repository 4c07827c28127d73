import type { CommandSpec, OptionSpec } from './command-spec.ts';
import type { Colors } from './colors.ts';
import { wrapText } from './wrap-text.ts';

const width = 80;

/** Environment variables that every command looks at. */
const environment = [
  ['NO_COLOR', 'no colours, whatever else is said'],
  ['FORCE_COLOR', 'colours in a pipe or a file too; 0 turns them off'],
  ['CAIRN_PROGRESS=lines', 'a line for each step as it ends, on a terminal too; so does CI'],
] as const;

/** What `cairn --help` says. */
export function overallHelp(
  commands: readonly CommandSpec[],
  version: string,
  { bold, dim }: Colors,
): string {
  return [
    `${bold('cairn')} ${version}: runs data pipelines, and goes on where they stopped`,
    '',
    bold('Usage'),
    '  cairn <command> [options]',
    '',
    bold('Commands'),
    ...columns(commands.map((command) => [usageOf(command).slice('cairn '.length), command.summary])),
    '',
    bold('Examples'),
    ...examples(
      [
        ['cairn run flights.ts --param minDelay=30', 'run it; again, and only what has changed is computed'],
        ['cairn status', 'what there is, and how it stands'],
        ['cairn show by_hour --limit 5', "look into a step's table"],
      ],
      dim,
    ),
    '',
    bold('Environment'),
    ...columns(environment),
    '',
    'cairn <command> --help says more of one. Every error names a code, which',
    'docs/errors.md explains.',
    '',
  ].join('\n');
}

/** What `cairn <command> --help` says. */
export function commandHelp(command: CommandSpec, { bold, dim }: Colors): string {
  const options: [string, OptionSpec][] = [
    ...Object.entries(command.options),
    ['help', { short: 'h', text: 'Say this' }],
  ];
  return [
    bold(usageOf(command, true)),
    '',
    ...command.about.flatMap((paragraph) => [...wrapText(paragraph, width), '']),
    ...(command.arguments.length === 0
      ? []
      : [bold('Arguments'), ...columns(command.arguments.map((one) => [argumentOf(one), one.text])), '']),
    bold('Options'),
    ...columns(options.map(([name, option]) => [optionOf(name, option), option.text])),
    '',
    bold('Examples'),
    ...examples(command.examples, dim),
    '',
    bold('Exit codes'),
    ...columns(command.exitCodes),
    '',
    bold('Environment'),
    ...columns(environment),
    '',
  ].join('\n');
}

const argumentOf = ({ name, required }: CommandSpec['arguments'][number]): string =>
  required === true ? `<${name}>` : `[${name}]`;

function usageOf(command: CommandSpec, withOptions = false): string {
  const parts = ['cairn', command.name, ...command.arguments.map(argumentOf)];
  return [...parts, ...(withOptions ? ['[options]'] : [])].join(' ');
}

function optionOf(name: string, { short, value, repeatable }: OptionSpec): string {
  const letter = short === undefined ? '' : `-${short}, `;
  return `${letter}--${name}${value === undefined ? '' : ` <${value}>`}${repeatable === true ? ' ...' : ''}`;
}

function examples(
  lines: readonly (readonly [command: string, what: string])[],
  dim: (text: string) => string,
): string[] {
  return lines.flatMap(([command, what]) => [`  ${dim(`# ${what}`)}`, `  ${command}`]);
}

/** Two columns, the second wrapped; a long first one has a line of its own. */
function columns(rows: readonly (readonly [left: string, right: string])[]): string[] {
  const left = Math.min(28, Math.max(...rows.map(([text]) => text.length)));
  return rows.flatMap(([name, text]) => {
    const lines = wrapText(text, width - left - 4);
    if (name.length > left) return [`  ${name}`, ...lines.map((line) => `  ${' '.repeat(left)}  ${line}`)];
    return lines.map((line, index) => `  ${(index === 0 ? name : '').padEnd(left)}  ${line}`);
  });
}
