import { type ConnectorContext, didYouMean, invalidData } from '@cairn/core/plugin';
import type { Input } from '../input/input.ts';
import type { IncomingField } from './schema.ts';

/**
 * The columns to read, which can be read.
 *
 * @throws CairnError `invalid_data` naming the column
 */
export function chooseColumns(
  { label, name }: Input,
  fields: readonly IncomingField[],
  columns: readonly string[] | undefined,
): ReadonlySet<IncomingField> {
  if (fields.length === 0) throw invalidData(`${label} has no columns`, { input: name });
  const names = new Set(fields.map((field) => field.name));
  const missing = columns?.find((column) => !names.has(column));
  if (missing !== undefined) {
    const all = [...names];
    throw invalidData(`${label} has no column '${missing}'${didYouMean(missing, all)}`, {
      input: name,
      column: missing,
      columns: all,
    });
  }
  const wanted = columns === undefined ? names : new Set(columns);
  const kept = new Set(fields.filter((field) => wanted.has(field.name)));
  for (const field of kept) {
    const refused = unsupportedIn(field);
    if (refused === undefined) continue;
    throw invalidData(
      `${label} has the column '${field.name}' of type ${refused}, which cannot be read: leave it out with the option 'columns'`,
      { input: name, column: field.name },
    );
  }
  return kept;
}

function unsupportedIn({ layout, children, dictionary }: IncomingField): string | undefined {
  if (layout.kind === 'unsupported') return layout.name;
  if (dictionary !== undefined) {
    const isPlain =
      layout.kind === 'bytes' || layout.kind === 'view' || (layout.kind === 'fixed' && layout.bits > 1);
    return isPlain ? undefined : 'dictionary of other values than texts, bytes, numbers and times';
  }
  for (const child of children) {
    const found = unsupportedIn(child);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The engine has microseconds for these. */
export function warnOfNanoseconds(
  { name }: Input,
  kept: ReadonlySet<IncomingField>,
  { logger, step }: ConnectorContext,
): void {
  const isCut = ({ layout, children }: IncomingField): boolean =>
    (layout.kind === 'fixed' && /^(Time64<NANO|Timestamp<NANOSECOND, )/u.test(String(layout.type))) ||
    children.some(isCut);
  for (const field of kept) {
    if (!isCut(field)) continue;
    logger.warn(
      { step, input: name, column: field.name },
      'nanoseconds are cut to microseconds, the finest that the engine has for this type',
    );
  }
}
