import type * as Arrow from 'apache-arrow';
import type { FlatTable } from '../columnar/flatbuffer.ts';
import { readType, type Layout } from './types.ts';

/** A column of an Arrow IPC file, or what is nested in one. */
export interface IncomingField {
  readonly name: string;
  readonly nullable: boolean;
  /** How its values lie in a body. */
  readonly layout: Layout;
  readonly children: readonly IncomingField[];
  /** Where its values are, when a body has positions of them. */
  readonly dictionary: IncomingDictionary | undefined;
  /** What is kept of what the writer says of it. */
  readonly metadata: ReadonlyMap<string, string>;
}

/** How a column refers to its dictionary. */
export interface IncomingDictionary {
  readonly id: number;
  /** Bytes of a position. */
  readonly indexBytes: number;
  readonly isSigned: boolean;
}

// Numbers of the fields, as Schema.fbs of format version 1.5 has them.
const schemaField = { endianness: 0, fields: 1 } as const;
const fieldField = {
  name: 0,
  nullable: 1,
  kind: 2,
  type: 3,
  dictionary: 4,
  children: 5,
  metadata: 6,
} as const;
const encodingField = { id: 0, indexType: 1 } as const;
const intField = { bits: 0, isSigned: 1 } as const;

const maxDepth = 64;
const maxFields = 100_000;
/** What the engine knows of what writers say of a column; other words mean nothing to it. */
const extensionKey = 'ARROW:extension:name';
const knownExtensions = ['arrow.uuid', 'arrow.bool8'];

/**
 * Reads the columns that a schema message declares.
 *
 * @throws RangeError when it makes no sense
 * @see https://github.com/apache/arrow/blob/main/format/Schema.fbs
 */
export function readSchema(arrow: typeof Arrow, schema: FlatTable): IncomingField[] {
  if (schema.short(schemaField.endianness) !== 0) throw new RangeError('its numbers are big-endian');
  let count = 0;
  const visit = (field: FlatTable, depth: number): IncomingField => {
    count += 1;
    if (count > maxFields) throw new RangeError(`it has more than ${maxFields} columns and nested ones`);
    if (depth > maxDepth) throw new RangeError(`its columns are nested more than ${maxDepth} deep`);
    const name = field.text(fieldField.name);
    const children = field.tables(fieldField.children).map((child) => visit(child, depth + 1));
    const encoding = field.table(fieldField.dictionary);
    return {
      name,
      nullable: field.byte(fieldField.nullable) !== 0,
      layout: readType(arrow, field.byte(fieldField.kind), field.table(fieldField.type), children.length),
      children,
      dictionary: encoding === undefined ? undefined : readDictionary(encoding),
      metadata: readMetadata(field),
    };
  };
  return schema.tables(schemaField.fields).map((field) => visit(field, 0));
}

function readDictionary(encoding: FlatTable): IncomingDictionary {
  const index = encoding.table(encodingField.indexType);
  // Without a type, positions are numbers of 32 bits.
  const bits = index === undefined ? 32 : index.int(intField.bits);
  if (![8, 16, 32, 64].includes(bits)) throw new RangeError(`a dictionary has positions of ${bits} bits`);
  const isSigned = index === undefined || index.byte(intField.isSigned) !== 0;
  return { id: encoding.long(encodingField.id), indexBytes: bits / 8, isSigned };
}

function readMetadata(field: FlatTable): ReadonlyMap<string, string> {
  const kept = new Map<string, string>();
  for (const pair of field.tables(fieldField.metadata)) {
    if (pair.text(0) === extensionKey && knownExtensions.includes(pair.text(1)))
      kept.set(extensionKey, pair.text(1));
  }
  return kept;
}
