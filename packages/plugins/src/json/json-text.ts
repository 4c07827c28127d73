import { type Column, type ColumnType, invalidData, parseType, sql, type Sql } from '@cairn/core/plugin';
import { sqlText } from '../text/sql-text.ts';

/** How the numbers are written that JSON does not have: NaN and the infinities. */
export type NonFinite = 'text' | 'null' | 'fail';

/** Numbers whose text is one of JSON. */
const integral = /^(?:U?(?:TINY|SMALL|BIG|HUGE)INT|U?INTEGER|DECIMAL\(.*\)|BIGNUM|BOOLEAN)$/u;

/** Lists and maps in each other: each level takes the engine twice as long to understand as the one around it. */
const mostLists = 8;

/** Selects one text for each row: an object. @throws CairnError `invalid_data` for lists that are nested too deep */
export function jsonObjects(columns: readonly Column[], nonFinite: NonFinite): Sql {
  return object(
    columns.map(({ name, type }) => [
      name,
      value(sql.id(name), parseType(type), { nonFinite, depth: 0, name }),
    ]),
  );
}

interface Place {
  readonly nonFinite: NonFinite;
  /** How many lists it is in. */
  readonly depth: number;
  /** The column. */
  readonly name: string;
}

/** The JSON text of an expression, which is never null. */
function value(of: Sql, type: ColumnType, place: Place): Sql {
  if (integral.test(type.text)) return sql`coalesce(cast(${of} as varchar), 'null')`;
  return sql`case when ${of} is null then 'null' else ${known(of, type, place)} end`;
}

/** The same where it is known not to be null. */
function known(of: Sql, type: ColumnType, place: Place): Sql {
  if ((type.kind === 'list' || type.kind === 'map') && place.depth >= mostLists) {
    throw invalidData(
      `Column '${place.name}' has lists in lists deeper than ${mostLists} levels, which is as deep as toJson writes them`,
      { column: place.name, most: mostLists },
    );
  }
  const inner: Place =
    type.kind === 'list' || type.kind === 'map' ? { ...place, depth: place.depth + 1 } : place;
  const variable = sql.id(`cairn_${place.depth}`);
  switch (type.kind) {
    case 'list':
      return list(
        sql`list_transform(${of}, lambda ${variable}: ${value(variable, type.child, inner)})`,
        '[',
        ']',
      );
    case 'map': {
      const [key, item] = [
        sql`struct_extract(${variable}, 'key')`,
        sql`struct_extract(${variable}, 'value')`,
      ];
      const member = sql`concat(${string(sql`cast(${key} as varchar)`)}, ':', ${value(item, type.value, inner)})`;
      return list(sql`list_transform(map_entries(${of}), lambda ${variable}: ${member})`, '{', '}');
    }
    case 'struct':
      return object(
        type.fields.map(({ name, type: fieldType }) => [
          name,
          value(sql`struct_extract(${of}, ${literal(name)})`, fieldType, inner),
        ]),
      );
    case 'union': {
      const members = type.fields.map(
        ({ name, type: fieldType }) =>
          sql`when ${literal(name)} then ${value(sql`union_extract(${of}, ${literal(name)})`, fieldType, inner)}`,
      );
      return sql`case cast(union_tag(${of}) as varchar) ${sql.join(members, sql` `)} end`;
    }
    default:
      return scalar(of, type.text, place);
  }
}

function scalar(of: Sql, type: string, { nonFinite, name }: Place): Sql {
  const text = sql`cast(${of} as varchar)`;
  if (type === '"NULL"') return literal('null');
  if (integral.test(type)) return text;
  if (type === 'FLOAT' || type === 'DOUBLE') {
    const other =
      nonFinite === 'null'
        ? literal('null')
        : nonFinite === 'fail'
          ? sql`error(${literal(`column '${name}' holds a number that JSON does not have`)})`
          : sql`case when isnan(${of}) then '"NaN"' when ${of} > 0 then '"Infinity"' else '"-Infinity"' end`;
    return sql`case when isfinite(${of}) then ${text} else ${other} end`;
  }
  if (type === 'BLOB') return sql`concat('"', base64(${of}), '"')`;
  if (type === 'DATE' || type === 'TIME' || type === 'UUID') return sql`concat('"', ${text}, '"')`;
  if (type === 'TIMESTAMP WITH TIME ZONE') {
    return sql`concat('"', replace(replace(${text}, ' ', 'T'), '+00', 'Z'), '"')`;
  }
  if (type.startsWith('TIMESTAMP')) return sql`concat('"', replace(${text}, ' ', 'T'), '"')`;
  return string(text);
}

/** A text in quotes, what JSON does not allow there escaped. */
function string(text: Sql): Sql {
  const mark = sql.id('cairn_mark');
  const escaped = sql`case when ${mark} in ('"', '\\') then concat('\\', ${mark}) when ord(${mark}) < 32 then concat('\\u', lower(lpad(to_hex(ord(${mark})), 4, '0'))) else ${mark} end`;
  const all = sql`array_to_string(list_transform(string_split(${text}, ''), lambda ${mark}: ${escaped}), '')`;
  return sql`concat('"', case when regexp_matches(${text}, '[\\x00-\\x1f"\\\\]') then ${all} else ${text} end, '"')`;
}

function list(items: Sql, open: string, close: string): Sql {
  return sql`concat(${literal(open)}, array_to_string(${items}, ','), ${literal(close)})`;
}

function object(members: readonly (readonly [name: string, text: Sql])[]): Sql {
  const parts = members.map(
    ([name, text], index) => sql`${literal(`${index === 0 ? '{' : ','}${JSON.stringify(name)}:`)}, ${text}`,
  );
  return parts.length === 0 ? literal('{}') : sql`concat(${sql.join(parts)}, '}')`;
}

function literal(text: string): Sql {
  return sql.raw(sqlText(text));
}
