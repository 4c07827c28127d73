import { invalidSqlValue } from '../errors/pipeline-errors.ts';
import { isBranded, type Branded } from './brand.ts';
import { isParam, type Known, type Param, type ParamName } from './param.ts';
import { isSecret } from './secret.ts';
import { isStep, isTableStep, type TableStep } from './step.ts';

/** A value that SQL binds. Types as in DESIGN.md, part 4: BIGINT or INTEGER, DOUBLE, HUGEINT, VARCHAR and so on. */
export type SqlScalar = null | boolean | number | bigint | string | Date | Uint8Array;

/** What may stand in `${}` of a `sql` template. */
export type SqlValue = SqlScalar | TableStep | Param | Sql;

/** One piece of a statement. A param's value is undefined until a plan fills it in. */
export type SqlChunk =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'table'; readonly step: string }
  | { readonly kind: 'identifier'; readonly name: string }
  | { readonly kind: 'value'; readonly value: SqlScalar }
  | { readonly kind: 'param'; readonly name: string; readonly value: SqlScalar | undefined }
  | { readonly kind: 'file'; readonly name: string };

/** A piece of SQL, made by the `sql` tag. Frozen; no two neighbouring chunks are both text. */
export interface Sql<Params extends string = string> extends Branded<'sql'> {
  readonly chunks: readonly SqlChunk[];
  /** The steps whose tables it names, in the order in which they stand, each once. */
  readonly steps: readonly TableStep[];
  /** The params in it, each once. */
  readonly params: readonly Params[];
  /** True when `sql.raw` pasted text into it. */
  readonly raw: boolean;
}

/** The names of the params in the values of a template, nested fragments included. */
export type SqlParams<T> = T extends Sql<infer Names> ? Known<Names> : ParamName<T>;

/** The `sql` tag and what belongs to it. */
export interface SqlTag {
  /** @throws CairnError `invalid_sql_value` naming the placeholder */
  <const Values extends readonly SqlValue[]>(
    strings: TemplateStringsArray,
    ...values: Values
  ): Sql<SqlParams<Values[number]>>;
  /** A quoted identifier. @throws CairnError `invalid_sql_value` for what is no name */
  id(name: string): Sql<never>;
  /** Text pasted as it is: the one way to paste, and marked in the plan. @throws CairnError `invalid_sql_value` */
  raw(text: string): Sql<never>;
  /** A file that a connector's `read` gives along with its query; stands where a string literal with its path would. */
  file(name: string): Sql<never>;
  /** The values one after another. @param separator @default `, ` @throws CairnError `invalid_sql_value` */
  join<const Values extends readonly SqlValue[], const Separator extends Sql = Sql<never>>(
    values: Values,
    separator?: Separator,
  ): Sql<SqlParams<Values[number] | Separator>>;
}

const loneSurrogate = /\p{Surrogate}/u;

/** Says whether text can be written in UTF-8: it holds no half of a surrogate pair. */
export function isWellFormed(text: string): boolean {
  return !loneSurrogate.test(text);
}

function tag(strings: readonly string[], ...values: readonly unknown[]): Sql {
  return build(strings, values);
}

/**
 * Writes SQL with values in it, and never pastes: a step becomes a table name and an edge of the graph, `param()` and
 * plain values are bound, `sql.id(name)` is a quoted identifier, another fragment is nested.
 *
 * @example
 * sql`select origin, count(*) n from ${flights} where delay >= ${param('minDelay')} group by origin`
 */
export const sql: SqlTag = Object.freeze(
  Object.assign(tag, {
    id: (name: string) => fragment({ kind: 'identifier', name: checkText(name, 'sql.id') }),
    raw: (text: string) => fragment({ kind: 'text', text: checkText(text, 'sql.raw', true) }, true),
    file: (name: string) => fragment({ kind: 'file', name: checkText(name, 'sql.file') }),
    join(values: readonly unknown[], separator: Sql = tag([', '])) {
      if (!Array.isArray(values)) throw invalidSqlValue('sql.join', values, 'it takes a list of values');
      if (!isSql(separator))
        throw invalidSqlValue('sql.join', separator, 'the separator must be a fragment of sql');
      const all = values.flatMap((value: unknown, index) => (index === 0 ? [value] : [separator, value]));
      return build(Array<string>(all.length + 1).fill(''), all);
    },
  }),
) as unknown as SqlTag;

/** Says whether a value was made by the `sql` tag. */
export function isSql(value: unknown): value is Sql {
  return isBranded(value, 'sql');
}

/** The table of a step of this name, where nobody has its handle. */
export function tableOf(step: string): Sql<never> {
  return fragment({ kind: 'table', step });
}

/** Says whether SQL binds a value: what {@link SqlScalar} lists, but for invalid dates and text that is not well-formed. */
export function isSqlScalar(value: unknown): value is SqlScalar {
  switch (typeof value) {
    case 'boolean':
    case 'number':
    case 'bigint':
      return true;
    case 'string':
      return isWellFormed(value);
    default:
      return (
        value === null ||
        (value instanceof Date && !Number.isNaN(value.getTime())) ||
        value instanceof Uint8Array
      );
  }
}

function build(strings: readonly string[], values: readonly unknown[]): Sql {
  const chunks: SqlChunk[] = [];
  const steps = new Set<TableStep>();
  const params = new Set<string>();
  let raw = false;
  const text: string[] = [];
  const flush = (): void => {
    const whole = text.splice(0).join('');
    if (whole !== '') chunks.push(Object.freeze({ kind: 'text', text: whole }));
  };
  const add = (chunk: SqlChunk): void => {
    if (chunk.kind === 'text') {
      text.push(chunk.text);
      return;
    }
    flush();
    chunks.push(chunk);
  };
  for (const [index, part] of strings.entries()) {
    text.push(checkText(part, 'sql', true));
    if (index === values.length) break;
    const value = values[index];
    if (isSql(value)) {
      for (const chunk of value.chunks) add(chunk);
      for (const step of value.steps) steps.add(step);
      for (const name of value.params) params.add(name);
      raw ||= value.raw;
    } else if (isParam(value)) {
      params.add(value.name);
      add(Object.freeze({ kind: 'param', name: value.name, value: undefined }));
    } else if (isTableStep(value)) {
      steps.add(value);
      add(Object.freeze({ kind: 'table', step: value.name }));
    } else if (isSqlScalar(value)) {
      add(Object.freeze({ kind: 'value', value: copyScalar(value) }));
    } else {
      throw invalidSqlValue(placeholder(index, strings), value, reason(value));
    }
  }
  flush();
  return freeze(chunks, [...steps], [...params], raw);
}

function fragment(chunk: SqlChunk, raw = false): Sql<never> {
  const empty = chunk.kind === 'text' && chunk.text === '';
  return freeze(empty ? [] : [Object.freeze(chunk)], [], [], raw) as Sql<never>;
}

function freeze(chunks: SqlChunk[], steps: TableStep[], params: string[], raw: boolean): Sql {
  return Object.freeze({
    '~cairn': 'sql',
    chunks: Object.freeze(chunks),
    steps: Object.freeze(steps),
    params: Object.freeze(params),
    raw,
  });
}

/** A copy, so that whoever owns a date or bytes cannot change the statement later. */
export function copyScalar(value: SqlScalar): SqlScalar {
  if (value instanceof Date) return new Date(value);
  return value instanceof Uint8Array ? Uint8Array.from(value) : value;
}

function checkText(text: unknown, where: string, emptyToo = false): string {
  if (typeof text !== 'string' || (text === '' && !emptyToo) || !isWellFormed(text) || text.includes('\0')) {
    throw invalidSqlValue(where, text, emptyToo ? 'it takes text' : 'it takes a name');
  }
  return text;
}

function placeholder(index: number, strings: readonly string[]): string {
  const before = (strings[index] ?? '').replace(/\s+/g, ' ').slice(-40);
  return `placeholder ${index + 1} of sql (after "${before}")`;
}

function reason(value: unknown): string {
  if (isStep(value)) return `step '${value.name}' is of kind '${value.kind}' and has no table`;
  if (isSecret(value)) return 'statements are stored and logged';
  if (Array.isArray(value)) return 'write a list with sql.join';
  if (typeof value === 'string') return 'it holds half of a surrogate pair';
  return 'it takes a step, param(), sql, null, boolean, number, bigint, string, valid Date or Uint8Array';
}
