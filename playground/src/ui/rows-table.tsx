import type { Table } from 'apache-arrow';
import type { ReactElement } from 'react';
import { formatTime } from './time.ts';
import { numberCell, PlainTable } from './plain-table.tsx';
import styles from './rows-table.module.css';

/** The first rows of a table, as they are. */
export function RowsTable({
  caption,
  table,
  most = 200,
}: {
  readonly caption: string;
  readonly table: Table;
  /** How many rows are shown. */
  readonly most?: number;
}): ReactElement {
  const columns = table.schema.fields.map(({ name, type }, index) => ({
    name,
    index,
    label: name,
    isNumber: /^(?:U?Int|Float|Decimal)/.test(String(type)),
    isTime: String(type).startsWith('Timestamp'),
    isDate: String(type).startsWith('Date'),
  }));
  const shown = Math.min(table.numRows, most);
  return (
    <PlainTable
      caption={caption}
      columns={columns.map((one) => ({ ...one, name: String(one.index) }))}
      isWide
    >
      {Array.from({ length: shown }, (_, row) => (
        <tr key={row}>
          {columns.map(({ index, isNumber, isTime, isDate }) => {
            const value: unknown = table.getChildAt(index)?.get(row);
            return (
              <td key={index} className={isNumber ? numberCell : undefined}>
                {value === null || value === undefined ? (
                  <span className={styles.null}>null</span>
                ) : isTime ? (
                  formatTime(Number(value))
                ) : isDate ? (
                  new Date(Number(value)).toISOString().slice(0, 10)
                ) : (
                  textOf(value)
                )}
              </td>
            );
          })}
        </tr>
      ))}
    </PlainTable>
  );
}

function textOf(value: unknown): string {
  if (typeof value === 'number')
    return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
  if (typeof value === 'object' && value !== null && !(value instanceof Date))
    return JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? String(one) : one));
  return String(value);
}
