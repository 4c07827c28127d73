import * as v from 'valibot';
import { maxTimerMs } from '../pipeline/retry.ts';
import { about, flag, record, strict, text } from './schema.ts';

const name = 'must be a name: 1 to 128 letters (A to Z), digits, _, . and -, not beginning with . or -';
const stageName = (what: string): v.GenericSchema<unknown, string> =>
  v.pipe(v.string(name), v.regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/, name), about(what));
const texts = (what: string): v.GenericSchema<unknown, readonly string[]> =>
  v.pipe(v.array(text(), 'must be a list'), about(what));
const between = (from: number, to: number, what: string): v.GenericSchema<unknown, number> => {
  const message = `must be a number from ${from} to ${to}`;
  return v.pipe(v.number(message), v.minValue(from, message), v.maxValue(to, message), about(what));
};
const count = (what: string): v.GenericSchema<unknown, number> => {
  const message = 'must be a whole number from 1 on';
  return v.pipe(v.number(message), v.safeInteger(message), v.minValue(1, message), about(what));
};
const positive = (most: number, what: string): v.GenericSchema<unknown, number> => {
  const message = 'must be a number of milliseconds above 0';
  return v.pipe(v.number(message), v.gtValue(0, message), v.maxValue(most, message), about(what));
};

const retryOptions = (errorCode: v.GenericSchema): v.GenericSchema =>
  strict({
    maxAttempts: v.optional(count('Attempts in all (default: 3)')),
    initialDelayMs: v.optional(between(0, maxTimerMs, 'Before the second attempt (default: 1000)')),
    maxDelayMs: v.optional(between(0, maxTimerMs, 'The longest wait (default: 60000)')),
    backoff: v.optional(
      v.pipe(
        v.picklist(['exponential', 'constant'], 'must be exponential or constant'),
        about('How the wait grows (default: exponential)'),
      ),
    ),
    factor: v.optional(between(1, 1000, 'What the wait grows by (default: 2)')),
    jitter: v.optional(between(0, 1, 'By which share of itself a wait differs at random (default: 0.25)')),
    retryOn: v.optional(
      v.pipe(
        v.array(errorCode, 'must be a list of error codes'),
        about('Which errors to try again after (default: all)'),
      ),
    ),
  });
const circuit = strict({
  name: v.optional(v.pipe(text(), about('What it is known by: the service behind it, mostly'))),
  failureThreshold: v.optional(count('How many failures in a row open it (default: 5)')),
  resetTimeoutMs: v.optional(between(0, maxTimerMs, 'How long it stays open (default: 60000)')),
  successThreshold: v.optional(count('How many successes close it (default: 2)')),
  halfOpenLimit: v.optional(count('How many attempts it lets through when it is half-open (default: 1)')),
});
const scopes = 'must be cache, correlation, run, auto or false';

const checkpoint = v.optional(
  v.pipe(
    v.union([v.picklist(['cache', 'correlation', 'run', 'auto'], scopes), v.literal(false, scopes)], scopes),
    about('How long the checkpoint lives; false keeps none, auto keeps what is worth it (default: cache)'),
  ),
);

/** Options of every step. */
const plainOptions = (errorCode: v.GenericSchema) => ({
  description: v.optional(v.pipe(v.string('must be a text'), about('What the step is for, in words'))),
  after: v.optional(texts('Steps that must be done before this one without handing it data')),
  checkpoint,
  volatile: v.optional(
    v.pipe(flag(), about('True: reused within its task only, and SQL may read what is no input')),
  ),
  tags: v.optional(texts('Words to find the step by')),
  retry: v.optional(
    v.pipe(
      v.union([v.boolean(), retryOptions(errorCode)], 'must be true, false or an object of options'),
      about('Try again within a run what failed; true for the defaults'),
    ),
  ),
  timeoutMs: v.optional(positive(maxTimerMs, 'How long one attempt may take, in milliseconds')),
  maxAge: v.optional(
    positive(Number.MAX_SAFE_INTEGER, 'How old a checkpoint may be to be reused, in milliseconds'),
  ),
  circuitBreaker: v.optional(
    v.pipe(
      v.union([v.boolean(), text(), circuit], 'must be true, false, a name or an object of options'),
      about('Begin no attempt while others have been failing: a circuit, or its name'),
    ),
  ),
  timezone: v.optional(v.pipe(text(), about("In which the stage's history tells times (default: UTC)"))),
});

/** What stands where others decide: something by its name, with its options. */
export interface PipelineSlots {
  readonly source: v.GenericSchema;
  readonly sink: v.GenericSchema;
  readonly transform: v.GenericSchema;
  readonly check: v.GenericSchema;
  /** Of `retryOn`. */
  readonly errorCode: v.GenericSchema;
}

/** Any name with any options; they are checked once it is known what it names. */
export function openPlace(): v.GenericSchema {
  const type = v.pipe(v.string('must be the name of a type'), v.nonEmpty('must not be empty'));
  return v.union(
    [type, v.looseObject({ type: v.pipe(type, about('What it is, by its name in a plugin')) })],
    'must be a type, or an object with a type and its options',
  );
}

/** The kinds of entries of a process. Of a step with a table, what makes it tells them apart. */
export const entryKinds = ['source', 'sql', 'sqlFile', 'transform', 'fanIn', 'sink', 'include'] as const;

/** A kind of entry. */
export type EntryKind = (typeof entryKinds)[number];

/** The one definition of what may stand in the list of a process. */
export function entrySchemas(slots: PipelineSlots): Readonly<Record<EntryKind, v.GenericSchema>> {
  const checks = v.optional(
    v.pipe(v.array(slots.check, 'must be a list of checks'), about('What its table must be')),
  );
  const plain = plainOptions(slots.errorCode);
  const table = { ...plain, checks };
  const step = stageName('A step with a table, by its name');
  const reads = v.optional(
    texts(
      'The steps that the SQL reads, where it calls something of its own like a step (default: those it names)',
    ),
  );
  const argument = v.union(
    [text(), strict({ $secret: text() })],
    'must be a step, a param as $name, or { $secret: NAME }',
  );
  return {
    source: strict({
      source: stageName('A step that reads data in, by its name'),
      from: v.pipe(slots.source, about('Where from: the connector and its options')),
      ...table,
    }),
    sql: strict({
      step,
      sql: v.pipe(text(), about('One query. Steps by their names, params as $name')),
      inputs: reads,
      ...table,
    }),
    sqlFile: strict({
      step,
      sqlFile: v.pipe(text(), about('A file with the query, relative to this one')),
      inputs: reads,
      ...table,
    }),
    transform: strict({
      step,
      transform: v.pipe(slots.transform, about("A plugin's transform and its options")),
      inputs: v.optional(
        v.pipe(
          v.union(
            [v.array(text()), record(argument)],
            'must be a list of steps, or an object of steps and params by the names that the transform knows them by',
          ),
          about('What it is given'),
        ),
      ),
      ...table,
    }),
    fanIn: strict({
      fanIn: stageName('A step whose table is the union of others, by its name'),
      inputs: v.pipe(
        v.array(text(), 'must be a list of steps'),
        v.nonEmpty('must have at least one step'),
        about("The steps, of which the first one's columns win"),
      ),
      ...table,
    }),
    sink: strict({
      sink: stageName("A step that writes another's table out, by its name"),
      input: v.pipe(text(), about('The step whose table it writes')),
      to: v.pipe(slots.sink, about('Where to: the connector and its options')),
      ...plain,
    }),
    include: strict({
      include: v.pipe(text(), about('A file that is a list of such entries, relative to this one')),
    }),
  };
}

const paramTypes = ['string', 'number', 'integer', 'boolean', 'date'] as const;
const scalar = v.union([v.string(), v.number(), v.boolean()], 'must be a text, a number, true or false');

/** A param's declaration. */
export interface ParamDeclaration {
  readonly type: (typeof paramTypes)[number];
  readonly default?: string | number | boolean | undefined;
  readonly description?: string | undefined;
  readonly required?: boolean | undefined;
  readonly enum?: readonly (string | number | boolean)[] | undefined;
  readonly min?: string | number | undefined;
  readonly max?: string | number | undefined;
}

/** The one definition of a param. */
export function paramSchema(): v.GenericSchema<unknown, ParamDeclaration> {
  const bound = (what: string) =>
    v.optional(v.pipe(v.union([v.number(), v.string()], 'must be a number, or a date'), about(what)));
  return strict({
    type: v.pipe(
      v.picklist(paramTypes, `must be ${paramTypes.slice(0, -1).join(', ')} or ${paramTypes.at(-1)}`),
      about('date: a text of ISO 8601, which becomes a point in time'),
    ),
    default: v.optional(v.pipe(scalar, about('What it is when nothing is given'))),
    description: v.optional(v.pipe(v.string('must be a text'), about('What it is for, in words'))),
    required: v.optional(v.pipe(flag(), about('Whether it must be given (default: when it has no default)'))),
    enum: v.optional(
      v.pipe(
        v.array(scalar, 'must be a list'),
        v.nonEmpty('must not be empty'),
        about('The values that it may have'),
      ),
    ),
    min: bound('The least value; of a text, its length'),
    max: bound('The greatest value; of a text, its length'),
  });
}

/** The keys of a process that is more than a list. */
export function processSchema(steps: v.GenericSchema): v.GenericSchema {
  return strict({
    steps: v.pipe(steps, about('Its steps')),
    after: v.optional(texts('Processes that must be done before this one starts')),
    description: v.optional(v.pipe(v.string('must be a text'), about('What the process is for, in words'))),
  });
}

/** What a param may be called, so that `$name` can stand for it. */
export const paramName: RegExp = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** A pipeline file; `process` is what a process may be. */
export function pipelineFileSchema(process: v.GenericSchema): v.GenericSchema {
  return strict({
    $schema: v.optional(v.pipe(v.string('must be a text'), about('Where editors find the schema'))),
    name: stageName('What the pipeline is called'),
    params: v.optional(v.pipe(record(paramSchema()), about('Its params by name'))),
    checkpoint,
    processes: v.pipe(record(process), about('Its processes by name, each a list of steps')),
  });
}
