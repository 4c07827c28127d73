// DuckDB 1.4.3, duckdb_keywords(), all categories but unreserved: what may not name a column or a table everywhere without quotes.
const reserved = new Set(
  (
    'all analyse analyze and anti any array as asc asof asymmetric at authorization between bigint binary ' +
    'bit boolean both by case cast char character check coalesce collate collation column columns ' +
    'concurrently constraint create cross dec decimal default deferrable desc describe distinct do else ' +
    'end except exists extract false fetch float for foreign freeze from full generated glob group ' +
    'grouping grouping_id having ilike in initially inner inout int integer intersect interval into is ' +
    'isnull join lambda lateral leading left like limit map national natural nchar none not notnull null ' +
    'nullif numeric offset on only or order out outer overlaps overlay pivot pivot_longer pivot_wider ' +
    'placing position positional precision primary qualify real references returning right row select ' +
    'semi setof show similar smallint some struct substring summarize symmetric table tablesample then ' +
    'time timestamp to trailing treat trim true try_cast union unique unpack unpivot using values varchar ' +
    'variadic verbose when where window with xmlattributes xmlconcat xmlelement xmlexists xmlforest ' +
    'xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable'
  ).split(' '),
);

/** Whether SQL takes a word for one of its own. */
export function isReserved(word: string): boolean {
  return reserved.has(word.toLowerCase());
}

/** A name for the step that reads a file: such as SQL takes without quotes, and none of those that are taken. */
export function stepNameOf(fileName: string, taken: readonly string[]): string {
  const plain = fileName
    .replace(/\.gz$/i, '')
    .replace(/\.[^.]*$/, '')
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
    .slice(0, 60);
  const name = plain === '' || /^\d/.test(plain) ? `data_${plain}`.replace(/_$/, '') : plain;
  return unused(isReserved(name) ? `${name}_data` : name, taken, '_');
}

/** A name that is not taken yet, without regard to case. */
export function unused(name: string, taken: readonly string[], mark: string): string {
  const known = new Set(taken.map((one) => one.toLowerCase()));
  let [found, count] = [name, 1];
  while (known.has(found.toLowerCase())) found = `${name}${mark}${(count += 1)}`;
  return found;
}

/** A path for a file in its project's folder. */
export function pathOf(fileName: string, taken: readonly string[]): string {
  const name = fileName.replaceAll(/[/\\]/g, '_');
  const [ending = ''] = /(?:\.[^.]*)?(?:\.gz)?$/i.exec(name) ?? [];
  const stem = name.slice(0, name.length - ending.length);
  let [path, count] = [`data/${name}`, 1];
  while (taken.includes(path)) path = `data/${stem}-${(count += 1)}${ending}`;
  return path;
}
