import {
  definePlugin,
  isSql,
  sql,
  type Param,
  type Plugin,
  type Sql,
  type TableStep,
} from '@cairn/core/plugin';
import { accepted, type CheckValue } from './accepted.ts';
import { expression } from './expression.ts';
import { freshness, type FreshnessOptions } from './freshness.ts';
import { inRange, type RangeOptions } from './in-range.ts';
import { matches } from './matches.ts';
import { noDrift, type DriftOptions } from './no-drift.ts';
import { notNull } from './not-null.ts';
import type { CheckOptions } from './options.ts';
import {
  age,
  condition,
  count,
  oneValue,
  optionsSchema,
  pattern,
  required,
  tableStep,
  text,
  textList,
  texts,
  tolerance,
  values,
  within,
} from './options-schema.ts';
import { references } from './references.ts';
import { rowCount, type RowCountOptions } from './row-count.ts';
import { unique } from './unique.ts';

type Named<Options> = CheckOptions & Readonly<Options>;

/**
 * The standard checks, to be named by pipelines that are no TypeScript: each takes one object of options, `column` and the
 * like among them.
 *
 * @example
 * contributions([checksPlugin]).check('inRange', { column: 'delay', min: 0 });
 */
export const checksPlugin: Plugin = definePlugin({
  name: 'checks',
  version: '0.1.0',
  checks: {
    notNull: {
      options: optionsSchema<Named<{ column: string }>>({ column: required(text) }),
      create: ({ column, ...rest }) => notNull(column, rest),
    },
    unique: {
      options: optionsSchema<Named<{ columns: string | readonly string[] }>>({ columns: required(texts) }),
      create: ({ columns, ...rest }) => unique(columns, rest),
    },
    accepted: {
      options: optionsSchema<Named<{ column: string; values: readonly CheckValue[] | Param }>>({
        column: required(text),
        values: required(values),
      }),
      create: ({ column, values: list, ...rest }) => accepted(column, list, rest),
    },
    inRange: {
      options: optionsSchema<RangeOptions & { readonly column: string }>({
        column: required(text),
        min: oneValue,
        max: oneValue,
      }),
      create: ({ column, ...rest }) => inRange(column, rest),
    },
    matches: {
      options: optionsSchema<Named<{ column: string; pattern: RegExp | string }>>({
        column: required(text),
        pattern: required(pattern),
      }),
      create: ({ column, pattern: regexp, ...rest }) => matches(column, regexp, rest),
    },
    rowCount: {
      options: optionsSchema<RowCountOptions>({ min: count, max: count, exactly: count }),
      create: (options) => rowCount(options),
    },
    references: {
      options: optionsSchema<Named<{ column: string; step: TableStep; otherColumn: string }>>({
        column: required(text),
        step: required(tableStep),
        otherColumn: required(text),
      }),
      create: ({ column, step, otherColumn, ...rest }) => references(column, step, otherColumn, rest),
    },
    expression: {
      options: optionsSchema<Named<{ sql: string | Sql }>>({ sql: required(condition) }),
      create: ({ sql: given, ...rest }) => expression(isSql(given) ? given : sql.raw(given), rest),
    },
    freshness: {
      options: optionsSchema<FreshnessOptions & { readonly column: string }>({
        column: required(text),
        maxAge: required(age),
      }),
      create: ({ column, ...rest }) => freshness(column, rest),
    },
    noDrift: {
      options: optionsSchema<DriftOptions>({ columns: textList, tolerance, within }),
      create: (options) => noDrift(options),
    },
  },
});
