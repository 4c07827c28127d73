import type { CommandSpec, OptionSpec } from './command-spec.ts';

const place: Readonly<Record<string, OptionSpec>> = {
  root: { value: 'folder', text: "Where checkpoints are kept (default: the configuration's, or .cairn)" },
  config: {
    value: 'file',
    text: 'The configuration (default: cairn.config.* in this folder, if there is one)',
  },
};

const json: OptionSpec = { text: 'One JSON document, for machines' };
const param: OptionSpec = {
  value: 'name=value',
  repeatable: true,
  text: 'A param of the pipeline: JSON where its schema takes it, otherwise text',
};

const ofRuns: Readonly<Record<string, OptionSpec>> = {
  'fail-fast': { text: 'Stop at the first failed step' },
  concurrency: { value: 'n', text: 'How many steps run at once (default: 4)' },
  events: { value: 'file', text: 'Also write every event to this file, one JSON object a line' },
  json: { text: 'Events as lines of JSON instead of progress; the last line is the result' },
};

const runCodes = [
  ['0', 'every step is done'],
  ['1', 'the run failed, or could not begin'],
  ['2', 'the run failed, but some steps are done: cairn resume goes on from them'],
  ['130, 143', 'cancelled by Ctrl-C, by SIGTERM; what was finished is kept'],
] as const;

const plainCodes = [
  ['0', 'done'],
  ['1', 'it could not be done; the error says why'],
] as const;

/** Every command, in the order in which help lists them. */
export const commands: readonly CommandSpec[] = [
  {
    name: 'run',
    summary: 'Run a pipeline, resuming what an earlier run has finished',
    about: [
      'Runs the steps of a pipeline whose results are not there yet. What an earlier run has finished, here or in a run that was killed, is reused while what it depends on is the same.',
      'On a terminal it shows every step as it works; in a pipe a line for each. Ctrl-C cancels and keeps what is finished; a second one ends at once, and loses nothing either.',
    ],
    arguments: [
      {
        name: 'file',
        text: "A .ts, .mts, .js or .mjs file whose default export is a pipeline (default: the configuration's)",
      },
    ],
    options: {
      param,
      ...place,
      'correlation-id': {
        value: 'id',
        text: 'Names the task to resume (default: made of the pipeline and its params)',
      },
      force: { value: 'step', repeatable: true, text: 'Run a step although its checkpoint holds' },
      include: {
        value: 'name',
        repeatable: true,
        text: 'Run these steps, or all steps of these processes, and no others',
      },
      ...ofRuns,
    },
    examples: [
      ['cairn run flights.ts --param minDelay=30', 'with a param'],
      ['cairn run flights.ts --include report', 'only one process, over what is stored'],
      ['cairn run --json | tail -n 1', "the configuration's pipeline; its result as JSON"],
    ],
    exitCodes: runCodes,
    load: async () => (await import('./run-command.ts')).runCommand,
  },
  {
    name: 'validate',
    summary: 'Check a pipeline and its params without running anything',
    about: [
      'Compiles a pipeline: names, references, cycles, SQL and params. Says what there is, or what is wrong.',
    ],
    arguments: [{ name: 'file', text: "The pipeline's file (default: the configuration's)" }],
    options: { param, config: place['config'] as OptionSpec, json },
    examples: [
      ['cairn validate flights.ts', 'with the default params'],
      ['cairn validate flights.ts --param minDelay=30 --json', 'the plan as JSON'],
    ],
    exitCodes: [
      ['0', 'it is valid'],
      ['1', 'it is not; the error says why'],
    ],
    load: async () => (await import('./validate-command.ts')).validateCommand,
  },
];
void plainCodes;
