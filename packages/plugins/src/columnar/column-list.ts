import { invalidArgument } from '@cairn/core/plugin';
import { kindOf, type OptionCheck } from '../input/options.ts';

/** @throws CairnError `invalid_argument` unless it is a list of different names */
export const isColumnList: OptionCheck = (where, value) => {
  if (!Array.isArray(value) || value.length === 0 || !value.every((name) => typeof name === 'string')) {
    throw invalidArgument(
      where,
      `it is a list of at least one column's name, and was given ${kindOf(value)}`,
    );
  }
  const seen = new Set<unknown>();
  const twice: unknown = value.find((name: unknown) => seen.size === seen.add(name).size);
  if (twice !== undefined) throw invalidArgument(where, `it names the column '${String(twice)}' twice`);
};
