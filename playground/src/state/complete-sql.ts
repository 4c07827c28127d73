import type { Known, KnownColumn, Suggestion, Suggestions } from './completion.ts';
import { duckdbKeywords, duckdbTypes } from './duckdb-words.ts';

/** Words behind which a table is named. */
const beforeTable = /\b(?:from|join|pivot|unpivot|describe|summarize|table)\s+$/i;
const word = /[\p{L}_][\p{L}\p{N}_]*$/u;

/** What may be meant in a statement at a place: `step` is whose statement it is. */
export function completeSql(
  sql: string,
  at: number,
  step: string | undefined,
  known: Known,
): Suggestions | undefined {
  const before = sql.slice(0, at);
  if (isInText(before)) return undefined;
  const written = word.exec(before)?.[0] ?? '';
  const from = at - written.length;
  const lead = before.slice(0, from);
  const sign = lead.at(-1);
  if (sign === '$')
    return { from, options: known.params.map((label) => ({ label, kind: 'param', detail: 'param' })) };
  if (/\d$/.test(lead)) return undefined;
  const tables = tablesIn(sql, known);
  const owner = /([\p{L}_][\p{L}\p{N}_]*|"[^"]+")\.$/u.exec(lead)?.[1];
  if (owner !== undefined) {
    const columns = tables.get(plain(owner)) ?? [];
    return columns.length === 0 ? undefined : { from, options: columns.map(columnSuggestion) };
  }
  const stepsBy = (boost: number): readonly Suggestion[] =>
    known.steps
      .filter((name) => name !== step)
      .map((name) => ({ label: name, kind: 'step', detail: 'step', insert: quoted(name), boost }));
  if (beforeTable.test(lead) || isInTables(lead)) return { from, options: stepsBy(0) };
  if (written === '' && !/[\s(,=<>+*/-]$/.test(lead)) return undefined;
  const seen = new Set<string>();
  const columns = [...tables.values()].flat().filter(({ name }) => {
    const isNew = !seen.has(name.toLowerCase());
    seen.add(name.toLowerCase());
    return isNew;
  });
  return {
    from,
    options: [
      ...columns.map(columnSuggestion),
      ...stepsBy(-20),
      ...known.functions.map(({ name, arguments: list, description }): Suggestion => ({
        label: name,
        kind: 'function',
        detail: list === undefined ? undefined : `(${list})`,
        info: description,
        boost: -30,
      })),
      ...duckdbKeywords.map((label): Suggestion => ({ label, kind: 'keyword', boost: -10 })),
      ...duckdbTypes.map((label): Suggestion => ({ label, kind: 'type', boost: -40 })),
    ],
  };
}

const columnSuggestion = ({ name, type }: KnownColumn): Suggestion => ({
  label: name,
  kind: 'column',
  detail: type.length > 28 ? `${type.slice(0, 27)}…` : type,
  insert: quoted(name),
  boost: 20,
});

/** A name as SQL writes it. */
function quoted(name: string): string | undefined {
  return /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) ? undefined : `"${name.replaceAll('"', '""')}"`;
}

function plain(name: string): string {
  return (name.startsWith('"') ? name.slice(1, -1) : name).toLowerCase();
}

/** Whether a text ends within a string, a quoted name or a comment. */
function isInText(before: string): boolean {
  const rest = before.replaceAll(/'(?:[^']|'')*'|"[^"]*"|\/\*[^]*?\*\/|--[^\n]*\n/g, ' ');
  return /'|"|\/\*|--/.test(rest);
}

/** Whether a text ends in the list of tables: behind a comma there. */
function isInTables(lead: string): boolean {
  if (!/,\s*$/.test(lead)) return false;
  const last =
    /\b(select|from|where|group|order|having|on|using|values|by|with|over)\b(?!.*\b(?:select|from|where|group|order|having|on|using|values|by|with|over)\b)/is.exec(
      lead,
    );
  if (last?.[1]?.toLowerCase() !== 'from') return false;
  const tail = lead.slice(last.index);
  return tail.split('(').length === tail.split(')').length;
}

/**
 * The columns of the tables that a statement names, by what it calls them: the step's name, or an alias. A step is meant wherever
 * its name stands: a few columns too many are better than none where a statement is not whole yet.
 */
function tablesIn(sql: string, { steps, columns }: Known): ReadonlyMap<string, readonly KnownColumn[]> {
  const byName = new Map(steps.map((name) => [name.toLowerCase(), name]));
  const found = new Map<string, readonly KnownColumn[]>();
  const text = sql.replaceAll(/'(?:[^']|'')*'|\/\*[^]*?\*\/|--[^\n]*/g, ' ');
  const tokens = text.match(/"[^"]+"|[\p{L}_][\p{L}\p{N}_]*|\S/gu) ?? [];
  for (const [index, token] of tokens.entries()) {
    const step = byName.get(plain(token));
    if (step === undefined) continue;
    const own = columns.get(step) ?? [];
    found.set(step.toLowerCase(), own);
    const alias = tokens[tokens[index + 1]?.toLowerCase() === 'as' ? index + 2 : index + 1];
    if (alias !== undefined && /^["\p{L}_]/u.test(alias) && !duckdbKeywords.includes(alias.toLowerCase()))
      found.set(plain(alias), own);
  }
  return found;
}
