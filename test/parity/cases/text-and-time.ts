import { sql, step } from '@cairn/core';
import { few } from './generated.ts';
import { parityCase, shape, type ParityCase } from './parity-case.ts';

const words = step(
  'words',
  sql`
    select i::INTEGER as id, ['Zürich', 'zurich', 'Ångström', 'ångström', 'éclair', 'e' || chr(769) || 'clair', 'naïve 🏔️', '日本語', 'Ελληνικά', 'كايرن',
      '', ' ', 'tab' || chr(9), 'line' || chr(10) || 'break', 'İstanbul', 'straße', '👩‍👩‍👧‍👦', 'nul' || chr(1)][1 + i % 18] || case when i % 4 = 0 then '' else (i % 300)::VARCHAR end as w
    from range(8000) r(i)`,
);

const moments = step(
  'moments',
  sql`
    select i::INTEGER as id, timestamp '1969-12-30 23:59:59.999999' + interval (i * 7919) minute as t, (date '1999-12-25' + (i * 3)::INTEGER) as d,
      (i * 1234567891)::BIGINT as n, make_timestamp_ns(i * 1000000007) as ns
    from range(8000) r(i)`,
);

/** Text in many scripts, and dates as far as they need no ICU. */
export const textAndTime: readonly ParityCase[] = [
  parityCase('unicode', [
    step(
      'measured',
      sql`select id, w, length(w) as n, strlen(w) as bytes, length_grapheme(w) as g, upper(w) as u, lower(w) as l, reverse(w) as r, unicode(w) as c, left_grapheme(w, 2) as lg, strip_accents(w) as sa, nfc_normalize(w) as nfc from ${words}`,
    ),
    step('sorted', sql`select w, id from ${words} order by w, id`),
    step('grouped', sql`select w, count(*) as n from ${words} group by w`),
    step('folded', sql`select lower(strip_accents(w)) as f, count(distinct w) as n from ${words} group by f`),
  ]),
  parityCase('collations', [
    step('nocase', sql`select w, id from ${words} order by w collate nocase, id`),
    step(
      'noaccent',
      sql`select w collate nocase.noaccent as w, min(id) as first from ${words} group by all order by 1, 2 limit 400`,
    ),
    step('compared', sql`select id, w = 'ZURICH' collate nocase as same, w > 'e' as later from ${words}`),
  ]),
  shape(
    'regular-expressions',
    sql`select id, regexp_replace(s, '[0-9]+', 'x') as r, regexp_replace(s, '(\\d)(\\d)', '\\2\\1', 'g') as sw, regexp_extract(s, '(\\w+) (\\d)', 2) as e, regexp_extract_all(s, '\\d') as a, regexp_matches(s, '^name [1-4]+$') as m, regexp_split_to_array(s, '[ 3]') as sp from ${few}`,
  ),
  shape(
    'regular-expressions-on-unicode',
    sql`select id, regexp_replace(w, '\\p{L}+', '_', 'g') as l, regexp_extract(w, '[^\\x00-\\x7F]+') as f, w ~ '.*[äöüß].*' as u, w ilike '%É%' as i, w similar to '\\s*' as s from ${words}`,
  ),
  shape(
    'text-functions',
    sql`select id, split_part(s, ' ', 2) as p, lpad(s, 12, '*') as l, translate(s, 'aeiou', 'AEIOU') as t, repeat(s, id % 4) as r, levenshtein(s, 'name 42') as lv, jaro_winkler_similarity(s, 'name 42') as jw, jaccard(s, 'name 77') as jc, s[2:4] as sl, instr(s, '4') as i, concat_ws('-', s, null, g) as c, string_split(s, 'm') as sp, damerau_levenshtein(s, 'nmae') as dl from ${few}`,
  ),
  shape(
    'patterns',
    sql`select id, s like 'name 1%' as a, s not like '%5_' as b, s glob 'name [2-4]*' as c, starts_with(s, 'name 9') as d, suffix(s, '00') as e, contains(s, '12') as f from ${few}`,
  ),
  shape(
    'long-text',
    sql`select id, repeat(s || '·', 500 + id % 700) as long, repeat(chr(97 + id % 26), id * 10) as longer from ${few} where id < 500`,
  ),
  shape(
    'text-of-all-lengths',
    sql`select i, repeat('ab', i) as w, case when i % 13 = 0 then null else repeat('é', i % 17) end as v from range(600) r(i)`,
  ),
  parityCase('dates-and-times', [
    step(
      'parts',
      sql`select id, year(t) as y, quarter(t) as q, dayofweek(t) as dw, isodow(d) as iw, week(t) as w, dayofyear(t) as dy, epoch_us(t) as us, last_day(d) as ld, monthname(d) as mn, dayname(d) as dn, century(t) as c, era(d) as e, julian(t) as j, yearweek(d) as yw from ${moments}`,
    ),
    step(
      'truncated',
      sql`select date_trunc('month', t) as mo, time_bucket(interval 11 day, d) as tb, count(*) as n, sum(n) as total, max(ns) as ns from ${moments} group by all`,
    ),
    step(
      'written',
      sql`select id, strftime(t, '%Y-%m-%d %H:%M:%S.%f %j %A %b %p') as a, strptime(strftime(t, '%d/%m/%Y %H.%M'), '%d/%m/%Y %H.%M') as b, t::VARCHAR as c, d::VARCHAR as e, ns::VARCHAR as f, t::TIME as g from ${moments}`,
    ),
    step(
      'moved',
      sql`select id, t + interval 1 month as a, d - interval 1 year as b, t - timestamp '2000-02-29' as c, date_diff('week', d, t) as e, date_sub('month', t, t + interval 45 day) as f, to_seconds(n // 1000) as g, d + time '12:34:56.789' as h, make_date(2000, 1 + id % 12, 1 + id % 28) as i from ${moments}`,
    ),
  ]),
  shape(
    'timestamps-of-all-units',
    sql`select id, t::TIMESTAMP_S as s, t::TIMESTAMP_MS as ms, t::TIMESTAMP as us, ns, make_timestamp(n)::TIMESTAMPTZ as tz, make_time(id % 24, id % 60, (id % 6000) / 100.0) as tm, to_timestamp(n / 1e6) as tt from ${moments}`,
  ),
  shape(
    'dates-at-their-limits',
    sql`select * from (values ('infinity'::TIMESTAMP, '-infinity'::DATE, '24:00:00'::TIME), ('290309-12-22 (BC) 00:00:00', '5877642-06-25 (BC)', '00:00:00'), ('294247-01-10 04:00:54.775806', '5881580-07-10', '23:59:59.999999'), (null, null, null)) v(t, d, c)`,
  ),
  shape(
    'intervals',
    sql`select id, to_months(id % 40) + to_days(id % 50) - to_microseconds(id * 1000) as i, age(t, timestamp '2010-06-15') as a, datepart('minute', t - d::TIMESTAMP) as p, (to_days(id % 7) * 3) as m from ${moments} order by i, id`,
  ),
];
