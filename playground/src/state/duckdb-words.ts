import type { KnownFunction } from './completion.ts';

/** What DuckDB's SELECT is made of, of `duckdb_keywords()` of 1.4.3. */
export const duckdbKeywords: readonly string[] = (
  'all anti any array as asc asof between both by case cast collate columns cross cube current desc describe distinct ' +
  'else end except exclude exists extract false filter first following for from full glob group grouping groups having ' +
  'ignore ilike in inner intersect interval into is isnull join lambda last lateral left like limit map materialized ' +
  'natural not notnull null nulls offset on or and order ordinality outer over partition percent pivot positional ' +
  'preceding qualify range recursive replace respect right rollup row rows sample select semi set sets similar some ' +
  'struct summarize symmetric table tablesample then to true try_cast unbounded union unpivot using values when where ' +
  'window with within without'
).split(' ');

/** Types that a cast may name. */
export const duckdbTypes: readonly string[] = (
  'bigint bit blob boolean date decimal double float hugeint integer interval json smallint time timestamp timestamptz ' +
  'tinyint ubigint uinteger usmallint utinyint uuid varchar'
).split(' ');

/** Functions that are used most, for as long as the engine has not been asked which there are. */
export const commonFunctions: readonly KnownFunction[] = (
  'abs age any_value approx_count_distinct approx_quantile arg_max arg_min array_agg avg bool_and bool_or cardinality ' +
  'cbrt ceil chr coalesce concat concat_ws contains corr count count_if covar_pop covar_samp date_add date_diff date_part ' +
  'date_sub date_trunc day dayname dayofweek dayofyear degrees ends_with entropy epoch epoch_ms exp favg first floor ' +
  'format generate_series geomean greatest group_concat hash histogram hour if ifnull instr isfinite isnan kurtosis last ' +
  'last_day lcase least left len length levenshtein list list_aggregate list_contains list_distinct list_filter list_sort ' +
  'list_sum list_transform ln log log10 log2 lower lpad ltrim mad make_date make_timestamp max max_by md5 mean median min ' +
  'min_by minute mod mode month monthname nullif percentile_cont pi pow power printf product quantile quantile_cont ' +
  'quantile_disc quarter radians range regexp_extract regexp_extract_all regexp_full_match regexp_matches regexp_replace ' +
  'regr_intercept regr_r2 regr_slope repeat replace reverse right round row_number rank dense_rank percent_rank cume_dist ' +
  'ntile lag lead first_value last_value nth_value rpad rtrim second sha256 sign sin skewness split_part sqrt starts_with ' +
  'stddev stddev_pop stddev_samp strftime string_agg string_split strip_accents strpos strptime struct_pack substr ' +
  'substring sum tan time_bucket to_days to_hours to_timestamp trim trunc try_strptime typeof unnest upper var_pop ' +
  'var_samp variance week weekday year yearweek'
)
  .split(' ')
  .map((name) => ({ name }));
