/** A string literal: a table function takes constants, where values cannot be bound. */
export function sqlText(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
