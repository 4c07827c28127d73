import type { CommandSpec, OptionSpec } from './command-spec.ts';

const place: Readonly<Record<string, OptionSpec>> = {
  root: { value: 'folder', text: "Where checkpoints are kept (default: the configuration's, or .cairn)" },
  config: {
    value: 'file',
    text: 'The configuration (default: cairn.config.* in this folder, if there is one)',
  },
};

const json: OptionSpec = { text: 'One JSON document, for machines' };
const format: OptionSpec = { value: 'table|json|csv', text: 'How to print it (default: table)' };
const param: OptionSpec = {
  value: 'name=value',
  repeatable: true,
  text: 'A param of the pipeline: JSON where its schema takes it, otherwise text',
};

const ofTasks: Readonly<Record<string, OptionSpec>> = {
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
  cache: {
    value: 'on|read-only|refresh|off',
    text: 'How to use what earlier runs have left (default: on); refresh makes everything anew',
  },
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
    name: 'init',
    summary: 'Make a small project that runs at once',
    about: [
      'Writes a configuration, a pipeline in YAML, a statement in a file of its own, and data. Nothing that is there is written over.',
    ],
    arguments: [{ name: 'folder', text: 'Where; made when it is missing (default: this folder)' }],
    options: {},
    examples: [['cairn init shop && cd shop && cairn run', 'from nothing to a result']],
    exitCodes: [
      ['0', 'it is there'],
      ['1', 'one of the files was there already; nothing was written'],
    ],
    load: async () => (await import('./init-command.ts')).initCommand,
  },
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
        text: "A .yaml, .yml or .json file, or a .ts, .mts, .js or .mjs file whose default export is a pipeline (default: the configuration's)",
      },
    ],
    options: {
      param,
      ...place,
      ...ofTasks,
      ...ofRuns,
      watch: {
        text: 'Run again whenever the pipeline or a file that it reads is saved; Ctrl-C ends',
      },
    },
    examples: [
      ['cairn run flights.yaml --param minDelay=30', 'with a param'],
      ['cairn run --watch', "the configuration's pipeline, again after each edit"],
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
  {
    name: 'plan',
    summary: 'Say what a run would do with each step, and why',
    about: [
      'Decides for each step as a run would: run, reuse, or unknown where it depends on what runs first. Nothing runs, no engine starts and nobody is kept from working; sources are asked for what they would read.',
    ],
    arguments: [{ name: 'file', text: "The pipeline's file (default: the configuration's)" }],
    options: { param, ...place, ...ofTasks, json },
    examples: [
      ['cairn plan flights.ts --param minDelay=30', 'what another param would cost'],
      ['cairn plan --json | jq \'.steps[] | select(.decision == "run").step\'', 'the steps that would run'],
    ],
    exitCodes: plainCodes,
    load: async () => (await import('./plan-command.ts')).planCommand,
  },
  {
    name: 'why',
    summary: 'Say in words why a step would run or be reused',
    about: [
      'Shows what has changed, from what to what, down to the first step that is the cause. Nothing runs and no engine starts.',
      "A step of which the task has nothing stored is compared with what the pipeline's last other task has of it: another param is another task.",
    ],
    arguments: [{ name: 'step', text: 'Its name', required: true }],
    options: {
      pipeline: { value: 'file', text: "The pipeline's file (default: the configuration's)" },
      param,
      ...place,
      'correlation-id': ofTasks['correlation-id'] as OptionSpec,
      cache: ofTasks['cache'] as OptionSpec,
      force: ofTasks['force'] as OptionSpec,
      with: {
        value: 'id|plan.json',
        text: 'Compare with what this task has stored of the step, or with a plan of cairn plan --json',
      },
      json,
    },
    examples: [
      ['cairn why by_hour', 'what would happen to it, and why'],
      ['cairn why by_hour --param minDelay=30 --with nightly', 'what is different from the nightly task'],
    ],
    exitCodes: plainCodes,
    load: async () => (await import('./why-command.ts')).whyCommand,
  },
  {
    name: 'resume',
    summary: 'Go on with a task that has not succeeded',
    about: [
      'Goes on with the params that the task was begun with: its correlation id is all that has to be known. Without one it takes the task of the pipeline that changed last, of those that have not succeeded and that nobody is at work on.',
      'When there is nothing to resume it says so and exits with 0.',
    ],
    arguments: [{ name: 'correlation-id', text: 'The task (default: the unfinished one that changed last)' }],
    options: {
      pipeline: { value: 'file', text: "The pipeline's file (default: the configuration's)" },
      ...place,
      force: { value: 'step', repeatable: true, text: 'Run a step although its checkpoint holds' },
      ...ofRuns,
    },
    examples: [
      ['cairn resume', "the configuration's pipeline, its last unfinished task"],
      ['cairn resume nightly --pipeline flights.ts', 'a certain one'],
    ],
    exitCodes: [['0', 'every step is done, or there was nothing to resume'], ...runCodes.slice(1)],
    load: async () => (await import('./resume-command.ts')).resumeCommand,
  },
  {
    name: 'status',
    summary: 'List tasks, or tell of one with its steps',
    about: [
      "Lists the tasks of the store, those that changed last first. With a correlation id it tells of one task: its params, who is at work on it, and each step's status, attempts and size. Runs nothing and needs no pipeline.",
      'A task that was at work when its process ended is shown as killed.',
    ],
    arguments: [{ name: 'correlation-id', text: 'The task to tell of' }],
    options: {
      pipeline: { value: 'name', text: 'Only tasks of this pipeline' },
      limit: { value: 'n', text: 'How many tasks to list (default: 20)' },
      ...place,
      json,
    },
    examples: [
      ['cairn status', 'all tasks'],
      ['cairn status nightly', 'one of them'],
      ["cairn status --json | jq -r '.[].correlationId'", 'their ids'],
    ],
    exitCodes: plainCodes,
    load: async () => (await import('./status-command.ts')).statusCommand,
  },
  {
    name: 'show',
    summary: "Print a step's table",
    about: [
      'Prints the first rows of what a step made, from its checkpoint. Nothing runs and no engine starts; the step may be anywhere in the pipeline, and the run may have failed or been killed.',
    ],
    arguments: [{ name: 'step', required: true, text: 'Its name' }],
    options: {
      'correlation-id': { value: 'id', text: 'The task (default: the one that changed last)' },
      pipeline: { value: 'name', text: 'Whose task it is, where several pipelines have one of that id' },
      check: { value: 'name', text: 'Of the rows that failed this check, those that were kept' },
      limit: { value: 'n', text: 'How many rows (default: 20)' },
      format,
      json,
      ...place,
    },
    examples: [
      ['cairn show by_hour', "the last task's"],
      ["cairn show by_hour --check 'notNull(hour)'", 'rows that failed a check'],
      ['cairn show by_hour --limit 1000000 --format csv > by-hour.csv', 'all of it, as a file'],
    ],
    exitCodes: plainCodes,
    load: async () => (await import('./show-command.ts')).showCommand,
  },
  {
    name: 'records',
    summary: 'Print the last runs, or any query over the records of runs',
    about: [
      'Every run leaves records: one of the pipeline, one of each process, one of each step, one of each check. They are the tables pipeline_runs, process_runs, step_runs and check_runs.',
    ],
    arguments: [],
    options: {
      sql: { value: 'query', text: "A query in DuckDB's SQL" },
      limit: { value: 'n', text: 'How many of the last runs (default: 20)' },
      format,
      json,
      ...place,
    },
    examples: [
      ['cairn records', 'the last runs'],
      [
        'cairn records --sql "select step, avg(duration_ms) from step_runs group by 1"',
        'how long steps take',
      ],
    ],
    exitCodes: plainCodes,
    load: async () => (await import('./records-command.ts')).recordsCommand,
  },
  {
    name: 'checkpoints',
    summary: 'List the tables that are stored',
    about: [
      'Lists the checkpoints of all pipelines: which step made them, rows and bytes, when they were last used, and why retention would leave them alone.',
      'A table that was evicted has left its manifest: what depends on it is still reused, and it is computed again when a step that runs needs it.',
    ],
    arguments: [],
    options: {
      pipeline: { value: 'name', text: 'Only those of this pipeline' },
      step: { value: 'name', text: 'Only those of this step' },
      scope: { value: 'cache|correlation|run', text: 'Only those of this scope' },
      state: { value: 'stored|evicted|damaged', text: 'Only those in this state' },
      limit: { value: 'n', text: 'How many of them (default: 50)' },
      ...place,
      json,
    },
    examples: [['cairn checkpoints --step by_hour', 'every version of its table that is stored']],
    exitCodes: plainCodes,
    load: async () => (await import('./checkpoints-command.ts')).checkpointsCommand,
  },
  {
    name: 'gc',
    summary: 'Remove what nobody needs, and what retention does not keep',
    about: [
      "Removes parts that no checkpoint names, logs of runs that are over, and the tables that retention does not keep, those that were used least recently first. What is kept is the configuration's `retention`: by default 10 GiB of what was used in the last 30 days, and the last successful run of each pipeline.",
      'Safe beside runs at work, here and elsewhere: what was stored or used since the oldest of them began is not touched.',
    ],
    arguments: [],
    options: {
      'dry-run': { text: 'Only say what would be removed, and why' },
      'grace-ms': {
        value: 'n',
        text: 'What was stored or used within so many milliseconds is not touched (default: an hour)',
      },
      ...place,
      json,
    },
    examples: [
      ['cairn gc --dry-run', 'what it would remove, and why'],
      ['cairn gc --json | jq .after.bytes', 'how much is left'],
    ],
    exitCodes: plainCodes,
    load: async () => (await import('./gc-command.ts')).gcCommand,
  },
  {
    name: 'cleanup',
    summary: 'Forget the checkpoints of a task or of a run',
    about: [
      'Forgets checkpoints, so that the steps run again; what is known of the task stays. Those of scope cache, which is what steps have unless they say otherwise, stay for other tasks. Refused while somebody is at work on the task.',
    ],
    arguments: [],
    options: {
      'correlation-id': { value: 'id', text: 'The task, in all its pipelines' },
      'run-id': { value: 'id', text: 'A run, for what it kept for itself (scope run)' },
      ...place,
      json,
    },
    examples: [['cairn cleanup --correlation-id nightly', 'after a last attempt that failed']],
    exitCodes: plainCodes,
    load: async () => (await import('./cleanup-command.ts')).cleanupCommand,
  },
];
