import {
  type ColumnType,
  invalidData,
  isCairnError,
  parseType,
  sql,
  type Sql,
  type TableView,
} from '@cairn/core/plugin';

/** How a table's columns leave, for formats that know fewer types than the engine. */
export interface Outgoing {
  /** What to select of the table; undefined when all columns go as they are. */
  readonly select: Sql | undefined;
  /** By the positions of the columns with UUIDs in them, their types. */
  readonly uuids: ReadonlyMap<number, ColumnType>;
}

/** The types that go as another one that holds their values. */
const replaced: ReadonlyMap<string, string> = new Map([
  ['HUGEINT', 'DECIMAL(38,0)'],
  ['UHUGEINT', 'DECIMAL(38,0)'],
  ['UUID', 'BLOB'],
  ['TIMESTAMP_S', 'TIMESTAMP_MS'],
]);

/** The types that only their text describes, and whose text is what they say. */
const isText = (type: string): boolean => /^(ENUM\(.*\)|JSON)$/su.test(type);

/**
 * Says how the columns of a table leave for Arrow and Parquet. HUGEINT and UHUGEINT become DECIMAL(38,0), UUID sixteen
 * bytes that are marked as one, ENUM text, TIMESTAMP_S milliseconds.
 *
 * @throws CairnError `invalid_data` for a column of a type that would lose what it says: BIT, BIGNUM, INTERVAL, TIMETZ, TIME_NS,
 *   UNION
 */
export function outgoing(format: string, { columns }: Pick<TableView, 'columns'>): Outgoing {
  const uuids = new Map<number, ColumnType>();
  let isPlain = true;
  const selected = columns.map(({ name, type: text }, index) => {
    const type = parseType(text);
    const target = targetOf(type, (refused) => {
      throw invalidData(
        `${format} has no type for the ${refused} in the column '${name}': cast it to another one in the step before, such as VARCHAR`,
        { column: name, type: text },
      );
    });
    if (text.includes('UUID') && hasUuid(type)) uuids.set(index, type);
    if (target === type.text) return sql`${sql.id(name)}`;
    isPlain = false;
    return sql`${sql.id(name)}::${sql.raw(target)} as ${sql.id(name)}`;
  });
  return { select: isPlain ? undefined : sql.join(selected, sql`, `), uuids };
}

/** The type that a column is cast to. */
function targetOf(type: ColumnType, refuse: (type: string) => never): string {
  switch (type.kind) {
    case 'exact':
      return replaced.get(type.text) ?? type.text;
    case 'text':
      return replaced.get(type.text) ?? (isText(type.text) ? 'VARCHAR' : refuse(type.text));
    case 'list':
      return targetOf(type.child, refuse) + type.text.slice(type.child.text.length);
    case 'struct':
      return `STRUCT(${type.fields.map(({ name, type: of }) => `"${name.replaceAll('"', '""')}" ${targetOf(of, refuse)}`).join(', ')})`;
    case 'map':
      return `MAP(${targetOf(type.key, refuse)}, ${targetOf(type.value, refuse)})`;
    case 'interval':
    case 'union':
      return refuse(type.kind.toUpperCase());
  }
}

function hasUuid(type: ColumnType): boolean {
  switch (type.kind) {
    case 'list':
      return hasUuid(type.child);
    case 'struct':
      return type.fields.some((field) => hasUuid(field.type));
    case 'map':
      return hasUuid(type.key) || hasUuid(type.value);
    default:
      return type.text === 'UUID';
  }
}

/** What the engine's refusal of a cast means; any other error is itself. */
export function castFailed(error: unknown): unknown {
  if (!isCairnError(error, 'sql_failed') || !/DECIMAL\(38/u.test(error.message)) return error;
  return invalidData(
    'A HUGEINT has more than 38 digits, the most that are written: cast the column to VARCHAR in the step before',
    {},
    error,
  );
}
