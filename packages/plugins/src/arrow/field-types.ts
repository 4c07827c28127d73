import type * as Arrow from 'apache-arrow';
import type { IncomingField } from './schema.ts';

/** The type that a column is handed on as. @throws RangeError for one that there is none for */
export function typeOf(arrow: typeof Arrow, field: IncomingField): Arrow.DataType {
  const { layout, children, name } = field;
  switch (layout.kind) {
    case 'null':
    case 'fixed':
    case 'bytes':
    case 'view':
      return layout.type;
    case 'list': {
      const [item] = children as readonly [IncomingField];
      return layout.isMap
        ? new arrow.Map_(fieldOf(arrow, item) as Arrow.Field<Arrow.Struct<{ key: never; value: never }>>)
        : new arrow.List(fieldOf(arrow, item));
    }
    case 'fixedList': {
      const [item] = children as readonly [IncomingField];
      return new arrow.FixedSizeList(layout.size, fieldOf(arrow, item));
    }
    case 'struct':
      return new arrow.Struct(children.map((child) => fieldOf(arrow, child)));
    case 'unsupported':
      throw new RangeError(`column '${name}': its type ${layout.name} cannot be read`);
  }
}

/** A column as it is handed on. */
export function fieldOf(arrow: typeof Arrow, field: IncomingField): Arrow.Field {
  return new arrow.Field(field.name, typeOf(arrow, field), field.nullable, new Map(field.metadata));
}
