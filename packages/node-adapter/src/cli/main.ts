import { readFileSync } from 'node:fs';
import { didYouMean } from '@cairn/core/plugin';
import { colorsFor } from './colors.ts';
import { commands } from './commands.ts';
import { explainError, toldError } from './explain-error.ts';
import { commandHelp, overallHelp } from './help-text.ts';
import { jsonText } from './json-text.ts';
import { parseArguments, usageError } from './parse-arguments.ts';
import { exitCodeOf, resultOf } from './run-task.ts';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
const { stdout, stderr } = process;

async function main([name, ...args]: readonly string[]): Promise<number> {
  const colors = colorsFor(stdout);
  const isHelp = (text: string | undefined): boolean => text === '--help' || text === '-h';
  if (name === '--version' || name === '-v') {
    stdout.write(`cairn ${version}\n`);
    return 0;
  }
  const asked = name === 'help' ? args[0] : name;
  if (asked === undefined || isHelp(asked)) {
    (name === undefined ? stderr : stdout).write(overallHelp(commands, version, colors));
    return name === undefined ? 1 : 0;
  }
  const command = commands.find((one) => one.name === asked);
  if (command === undefined) {
    if (asked.startsWith('-')) throw usageError(`cairn has no option '${asked}': a command comes first`);
    const near = didYouMean(
      asked,
      commands.map((one) => one.name),
    );
    throw usageError(`there is no command '${asked}'${near}`);
  }
  const end = args.indexOf('--');
  if (name === 'help' || args.slice(0, end === -1 ? undefined : end).some(isHelp)) {
    stdout.write(commandHelp(command, colors));
    return 0;
  }
  const given = parseArguments(command, args);
  const run = await command.load();
  try {
    return await run(given);
  } catch (error) {
    if (Object.hasOwn(command.options, 'json') && given.flag('json')) tellAsJson(error);
    throw error;
  }
}

/** Whoever reads JSON finds the error there too, unless a result has told it. */
function tellAsJson(error: unknown): void {
  if (resultOf(error) !== undefined) return;
  stdout.write(`${jsonText({ type: 'error', error: toldError(error), exitCode: exitCodeOf(error) })}\n`);
}

// Whoever reads the output may stop to, as `head` does: what is being done is done all the same.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  stderr.write(explainError(error, colorsFor(stderr)));
  process.exitCode = exitCodeOf(error);
}
