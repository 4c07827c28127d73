import { readFileSync } from 'node:fs';
import { CairnError } from '@cairn/core';
import { cac } from 'cac';
import { colorsFor } from './colors.ts';
import { runCommand, type RunCommandOptions } from './run-command.ts';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

const { red } = colorsFor(process.stderr);

function explain(error: unknown): string {
  // What cac says of missing arguments and unknown options, it says well.
  if (error instanceof Error && error.name === 'CACError') {
    return `${red('error invalid_argument')}: ${error.message} (see cairn --help)`;
  }
  if (!(error instanceof CairnError)) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  // A failed run says the same as its cause, and the cause knows more.
  const told = error.code === 'run_failed' && error.cause instanceof CairnError ? error.cause : error;
  return `${red(`error ${told.code}`)}: ${told.message}`;
}

const cli = cac('cairn');
cli
  .command('run <file>', 'Run a pipeline file, resuming what an earlier run has finished')
  .option('--param <name=value>', 'A param of the pipeline; may be repeated')
  .option('--root <folder>', 'Where checkpoints are kept', { default: '.cairn' })
  .option('--correlation-id <id>', 'Names the task to resume (default: made of the pipeline and its params)')
  .option('--force <step>', 'Run a step although its checkpoint holds; may be repeated')
  .option('--fail-fast', 'Stop at the first failed step')
  .option('--concurrency <n>', 'How many steps run at once (default: 4)')
  .example('  cairn run flights.ts --param minDelay=30')
  .action((file: string, options: RunCommandOptions) => runCommand(file, options));
cli.help();
cli.version(version);

try {
  const { options } = cli.parse(process.argv, { run: false });
  if (cli.matchedCommand === undefined) {
    if (options['help'] !== true && options['version'] !== true) {
      if (cli.args.length > 0)
        throw new CairnError('invalid_argument', `There is no command '${cli.args[0]}': see cairn --help`);
      cli.outputHelp();
      process.exitCode = 1;
    }
  } else {
    process.exitCode = ((await cli.runMatchedCommand()) as number | undefined) ?? 0;
  }
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 1;
}
