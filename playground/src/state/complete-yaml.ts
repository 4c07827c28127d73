import { completeSql } from './complete-sql.ts';
import type { Known, Suggestion, Suggestions } from './completion.ts';
import type { PipelineFormat } from './pipeline-format.ts';
import { yamlPlace, type YamlPlace } from './yaml-place.ts';

/** What plugins contribute, by the names that a pipeline knows them by. */
export interface KnownTypes {
  readonly source: readonly string[];
  readonly sink: readonly string[];
  readonly transform: readonly string[];
  readonly check: readonly string[];
}

/** A statement in the text. */
export interface PlacedSql {
  readonly step: string;
  readonly text: string;
  readonly from: number;
  readonly to: number;
  /** Where in the text a character of the statement stands. */
  offset(at: number): number;
}

/** What may be meant at a place in a pipeline's YAML. */
export function completeYaml(
  text: string,
  at: number,
  statements: readonly PlacedSql[],
  known: Known,
  types: KnownTypes,
  format: PipelineFormat,
): Suggestions | undefined {
  for (const statement of statements) {
    const { from, to, text: sql, step } = statement;
    // Behind a statement on one line there may be spaces, which are no part of it yet.
    const spaces = at > to ? text.slice(to, at) : '';
    // A block ends with its last line.
    const isOver = at >= to && text[to - 1] === '\n';
    if (at <= from || isOver || !/^[ \t]*$/.test(spaces)) continue;
    const inSql = offsetIn(statement, at - spaces.length);
    if (inSql === undefined) continue;
    const found = completeSql(
      sql.slice(0, inSql) + spaces + sql.slice(inSql),
      inSql + spaces.length,
      step,
      known,
    );
    return found && { ...found, from: at - (inSql + spaces.length - found.from) };
  }
  const place = yamlPlace(text, at);
  if (place === undefined) return undefined;
  const { path, as, from, beside } = place;
  const options: Suggestion[] = [];
  if (as !== 'value') options.push(...keysAt(path, beside, format, text.slice(at)));
  if (as !== 'key') options.push(...valuesAt(place, text.slice(from, at), known, types, format));
  return options.length === 0 ? undefined : { from, options };
}

/** Where in a statement a place of the text is; undefined in what is no part of it, such as the indentation. */
export function offsetIn(
  { text: sql, offset }: Pick<PlacedSql, 'text' | 'offset'>,
  at: number,
): number | undefined {
  if (offset(0) === offset(sql.length)) return undefined;
  let [low, high] = [0, sql.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (offset(middle) < at) low = middle + 1;
    else high = middle;
  }
  return offset(low) === at ? low : undefined;
}

function keysAt(
  path: readonly string[],
  beside: ReadonlyMap<string, string>,
  format: PipelineFormat,
  after: string,
): readonly Suggestion[] {
  const hasColon = /^[\w$]*\s*:/.test(after);
  return format.keys(path, beside).map(({ name, description, isRequired, holds }) => ({
    label: name,
    kind: 'key',
    detail: isRequired ? 'needed' : undefined,
    info: description,
    insert: hasColon ? name : holds === 'value' ? `${name}: ` : `${name}:`,
    boost: isRequired ? 10 : 0,
  }));
}

function valuesAt(
  { path, beside }: YamlPlace,
  written: string,
  known: Known,
  types: KnownTypes,
  format: PipelineFormat,
): readonly Suggestion[] {
  const as =
    (kind: Suggestion['kind'], detail?: string) =>
    (label: string): Suggestion => ({ label, kind, detail });
  if (written.startsWith('$')) return known.params.map((name) => ({ ...as('param', 'param')(`$${name}`) }));
  const inStep = path[0] === 'processes' && path.length > 3;
  const end = path.findLast((key) => key !== '[]') ?? '';
  if (path[0] === 'processes' && path.length <= 4 && end === 'after' && !path.slice(1, -1).includes('[]'))
    return known.processes.map(as('step', 'process'));
  if (inStep && ['input', 'inputs', 'after'].includes(end)) return known.steps.map(as('step', 'step'));
  const type = typeAt(path);
  if (type !== undefined) return types[type].map(as('type', type));
  if (inStep && path.includes('checks') && /^(?:column|columns|otherColumn)$/.test(end)) {
    const columns = [...known.columns.values()].flat();
    return [...new Set(columns.map(({ name }) => name))].map(as('column'));
  }
  return format.values(path, beside).map(as('value'));
}

/** Of what the type is that is named here. */
function typeAt(path: readonly string[]): keyof KnownTypes | undefined {
  if (path[0] !== 'processes') return undefined;
  const [last, before] = [path.at(-1), path.at(-2)];
  const owner = last === 'type' ? before : last;
  if (owner === 'from') return 'source';
  if (owner === 'to') return 'sink';
  if (owner === 'transform') return 'transform';
  if (owner === 'checks' || (owner === '[]' && (last === 'type' ? path.at(-3) : before) === 'checks'))
    return 'check';
  return undefined;
}
