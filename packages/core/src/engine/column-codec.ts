import { isExact, type ColumnType } from './column-type.ts';
import { quoteName, quoteText } from './literal.ts';

/*
 * How format v1 stores what Arrow IPC would lose: text for a type that only its text describes, months, days and
 * microseconds for an INTERVAL, a tag and its members for a UNION (DuckDB's own Arrow unions carry bytes of freed
 * memory), and lists of entries for a MAP of such. Whatever is exact in Arrow stays as it is.
 */

const intervalType = 'STRUCT(months INTEGER, days INTEGER, micros BIGINT)';

function fieldList(fields: readonly { readonly name: string; readonly type: ColumnType }[]): string {
  return fields.map((field) => `${quoteName(field.name)} ${storedType(field.type)}`).join(', ');
}

/** The logical type in which a column of a type is stored. */
export function storedType(type: ColumnType): string {
  if (isExact(type)) return type.text;
  switch (type.kind) {
    case 'interval':
      return intervalType;
    case 'list':
      return `${storedType(type.child)}[]`;
    case 'struct':
      return `STRUCT(${fieldList(type.fields)})`;
    case 'union':
      return `STRUCT(tag VARCHAR, member STRUCT(${fieldList(type.fields)}))`;
    case 'map':
      return `STRUCT("key" ${storedType(type.key)}, "value" ${storedType(type.value)})[]`;
    default:
      return 'VARCHAR';
  }
}

/**
 * The logical type to which an answer's column is cast so that apache-arrow reads no wrong values: intervals, unions
 * and what only its text describes become text. A HUGEINT is a decimal of 128 bits there, and right.
 */
export function readableType(type: ColumnType): string {
  if (isExact(type) || type.text === 'HUGEINT') return type.text;
  switch (type.kind) {
    case 'list':
      return readableType(type.child) + type.text.slice(type.child.text.length);
    case 'struct':
      return `STRUCT(${type.fields.map((field) => `${quoteName(field.name)} ${readableType(field.type)}`).join(', ')})`;
    case 'map':
      return `MAP(${readableType(type.key)}, ${readableType(type.value)})`;
    default:
      return 'VARCHAR';
  }
}

/** A `case` over lists of one: DuckDB has none over what holds an ARRAY. */
function choose(cases: string): string {
  return `(case ${cases} end)[1]`;
}

function unlessNull(value: string, result: string): string {
  return choose(`when ${value} is not null then [${result}]`);
}

function pack(fields: readonly (readonly [name: string, value: string])[]): string {
  return `struct_pack(${fields.map(([name, value]) => `${quoteName(name)} := ${value}`).join(', ')})`;
}

function pick(value: string, field: string): string {
  return `struct_extract(${value}, ${quoteText(field)})`;
}

/** The expression that turns a value into its stored form. `depth` keeps the names of nested lambdas apart. */
export function encode(value: string, type: ColumnType, depth = 0): string {
  if (isExact(type)) return value;
  const item = `cairn_item_${depth}`;
  switch (type.kind) {
    case 'interval': {
      const part = (name: string): string => `date_part('${name}', ${value})`;
      return unlessNull(
        value,
        pack([
          ['months', `(${part('year')} * 12 + ${part('month')})::INTEGER`],
          ['days', `${part('day')}::INTEGER`],
          [
            'micros',
            `(${part('hour')} * 3600000000 + ${part('minute')} * 60000000 + ${part('microsecond')})::BIGINT`,
          ],
        ]),
      );
    }
    case 'list':
      return `list_transform(${value}, lambda ${item}: ${encode(item, type.child, depth + 1)})`;
    case 'struct':
      return unlessNull(
        value,
        pack(type.fields.map(({ name, type: of }) => [name, encode(pick(value, name), of, depth)])),
      );
    case 'union':
      return unlessNull(
        value,
        pack([
          ['tag', `union_tag(${value})::VARCHAR`],
          [
            'member',
            pack(
              type.fields.map(({ name, type: of }) => [
                name,
                encode(`union_extract(${value}, ${quoteText(name)})`, of, depth),
              ]),
            ),
          ],
        ]),
      );
    case 'map': {
      const entry = pack([
        ['key', encode(pick(item, 'key'), type.key, depth + 1)],
        ['value', encode(pick(item, 'value'), type.value, depth + 1)],
      ]);
      return unlessNull(value, `list_transform(map_entries(${value}), lambda ${item}: ${entry})`);
    }
    default:
      return `${value}::VARCHAR`;
  }
}

/** The expression that turns a stored value back into one of exactly its type. */
export function decode(value: string, type: ColumnType, depth = 0): string {
  if (isExact(type)) return value;
  const item = `cairn_item_${depth}`;
  switch (type.kind) {
    case 'interval': {
      const part = (name: string): string => pick(value, name);
      return `(to_months(${part('months')}) + to_days(${part('days')}) + to_microseconds(${part('micros')}))`;
    }
    case 'list':
      return `list_transform(${value}, lambda ${item}: ${decode(item, type.child, depth + 1)})::${type.text}`;
    case 'struct':
      return unlessNull(
        value,
        pack(type.fields.map(({ name, type: of }) => [name, decode(pick(value, name), of, depth)])),
      );
    case 'union': {
      const cases = type.fields.map(({ name, type: of }) => {
        const member = decode(pick(pick(value, 'member'), name), of, depth);
        return `when ${quoteText(name)} then [union_value(${quoteName(name)} := ${member})::${type.text}]`;
      });
      return choose(`${pick(value, 'tag')} ${cases.join(' ')}`);
    }
    case 'map': {
      const entry = pack([
        ['key', decode(pick(item, 'key'), type.key, depth + 1)],
        ['value', decode(pick(item, 'value'), type.value, depth + 1)],
      ]);
      return unlessNull(value, `map_from_entries(list_transform(${value}, lambda ${item}: ${entry}))`);
    }
    default:
      return `${value}::${type.text}`;
  }
}
