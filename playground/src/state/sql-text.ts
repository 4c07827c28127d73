/** A name as SQL: `"by hour"`. */
export function quotedName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as SQL: `'it''s'`. */
export function quotedText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
