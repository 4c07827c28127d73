import type { ConnectorContext, Receipt, SinkConnector, SourceConnector } from '../pipeline/connector.ts';
import type { TableView } from '../pipeline/table.ts';
import { isCairnError } from '../errors/cairn-error.ts';
import { describe } from '../errors/pipeline-errors.ts';
import type { Json } from '../pipeline/json.ts';
import { hashText } from '../checkpoint/sha256.ts';
import { canonicalJson } from '../pipeline/canonical.ts';
import { canonicalParams, copyData, type Issue } from '../pipeline/params.ts';
import { invalidOptions, type OptionIssue } from '../errors/plugin-errors.ts';
import { placeholdersIn, valueAt, type Placeholder } from './check-options.ts';

/** A connector that is made when it is opened, with what it has opened itself. */
interface Late<Connector> {
  readonly connector: Connector;
  /** What is known of how it reads only now; see {@link madeOf}. */
  readonly made: string;
  readonly resource: unknown;
}

/** What a connector needs to be made when its options are known. */
export interface LateOptions<Connector> {
  readonly type: string;
  /** With `param()` and `secret()` in it. */
  readonly given: object;
  readonly placeholders: readonly Placeholder[];
  /** The names of the options that say where. */
  readonly location: readonly string[];
  /** Checks the options as filled in, and makes a connector with them. */
  make(filled: object): Connector;
}

/** A source whose options are filled in by the run: nothing of the plugin's code sees a `param()`. */
export function lateSource(late: LateOptions<SourceConnector>): SourceConnector {
  return {
    ...base(late),
    identity: (context) =>
      use(
        context,
        async ({ connector, made }, own) => `${await (connector as SourceConnector).identity(own)} ${made}`,
      ),
    read: (context) =>
      use(context, async ({ connector, made }, own) => {
        const read = await (connector as SourceConnector).read(own);
        return { ...read, identity: `${read.identity} ${made}` };
      }),
  };
}

/** The same for a sink. */
export function lateSink(late: LateOptions<SinkConnector>): SinkConnector {
  const sink = ({ connector }: Late<unknown>): SinkConnector => connector as SinkConnector;
  return {
    ...base(late),
    prepare: (input: TableView, context) => use(context, (made, own) => sink(made).prepare(input, own)),
    commit: (prepared: Receipt, context) => use(context, (made, own) => sink(made).commit(prepared, own)),
    rollback: (prepared: Receipt, context) => use(context, (made, own) => sink(made).rollback(prepared, own)),
    verify: (receipt: Receipt, context) => use(context, (made, own) => sink(made).verify(receipt, own)),
  };
}

function base({ type, given, placeholders, location, make }: LateOptions<SourceConnector | SinkConnector>) {
  const entries = Object.entries(given);
  const isLocation = ([key]: readonly [string, unknown]): boolean => location.includes(key);
  // A `File` says where, and cannot stand in what is hashed and told.
  const kept = Object.fromEntries(entries.filter((entry) => isLocation(entry) && !isData(entry[1])));
  const shown = ([key, value]: readonly [string, unknown]): [string, unknown] => [
    key,
    key in kept ? describe(value) : value,
  ];
  const open = async (context: ConnectorContext): Promise<Late<SourceConnector | SinkConnector>> => {
    const filled = { ...context.location, ...context.options, ...kept };
    let connector: SourceConnector | SinkConnector;
    try {
      connector = make(filled);
    } catch (error) {
      throw withoutSecrets(error, filled, placeholders);
    }
    const made = madeOf(connector, filled, placeholders);
    const late: Late<SourceConnector | SinkConnector> = { connector, made, resource: undefined };
    if (connector.open === undefined) return late;
    return { connector, made, resource: await connector.open(ownContext(context, late)) };
  };
  return {
    type,
    location: Object.freeze(Object.fromEntries(entries.filter(isLocation).map(shown))),
    options: Object.freeze(Object.fromEntries(entries.filter((entry) => !isLocation(entry)))),
    open,
    close: async (context: ConnectorContext): Promise<void> => {
      const late = context.resource as Late<SourceConnector | SinkConnector>;
      await late.connector.close?.(ownContext(context, late));
    },
  };
}

function use<Value>(
  context: ConnectorContext,
  run: (late: Late<unknown>, own: ConnectorContext) => Value,
): Value {
  const late = context.resource as Late<SourceConnector | SinkConnector>;
  return run(late, ownContext(context, late));
}

/** The context as the connector itself expects it: with its own idea of what is location and what is option. */
function ownContext(
  context: ConnectorContext,
  { connector, resource }: Late<SourceConnector | SinkConnector>,
): ConnectorContext {
  return { ...context, location: connector.location, options: connector.options, resource };
}

/**
 * What the plugin makes of the options, such as a default that another version of it has: a connector that is made at once has it in its
 * fingerprint. Secrets are in none.
 */
function madeOf(
  { type, options }: SourceConnector | SinkConnector,
  filled: object,
  placeholders: readonly Placeholder[],
): string {
  const values = secretsIn(filled, placeholders);
  const hidden = JSON.stringify(canonicalParams({ type, options }), (_key, value: unknown) =>
    typeof value === 'string' ? hide(value, values) : value,
  );
  return hashText(canonicalJson(JSON.parse(hidden) as Json));
}

function secretsIn(filled: object, placeholders: readonly Placeholder[]): readonly string[] {
  return placeholders
    .filter((placeholder) => placeholder.isSecret)
    .map(({ path }) => valueAt(filled, path))
    .filter((value): value is string => typeof value === 'string' && value !== '');
}

const hide = (text: string, secrets: readonly string[]): string =>
  secrets.reduce((safe, secret) => safe.replaceAll(secret, '***'), text);

/** A schema may quote what it refuses. */
function withoutSecrets(error: unknown, filled: object, placeholders: readonly Placeholder[]): unknown {
  const values = secretsIn(filled, placeholders);
  if (!isCairnError(error, 'invalid_argument') || values.length === 0) return error;
  const { where, issues } = error.details;
  if (!Array.isArray(issues)) return error;
  const safe = (issues as readonly OptionIssue[]).map(({ path, message }) => ({
    path,
    message: hide(message, values),
  }));
  return invalidOptions(String(where), safe);
}

function isData(value: unknown): boolean {
  if (placeholdersIn(value).length > 0) return true;
  const issues: Issue[] = [];
  copyData(value, '', issues);
  return issues.length === 0;
}
