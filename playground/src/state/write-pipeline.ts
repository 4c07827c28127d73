import { isReserved, unused } from './step-names.ts';

/** A file, as a pipeline reads it. */
export interface WrittenSource {
  readonly step: string;
  readonly type: string;
  readonly path: string;
  readonly options: Readonly<Record<string, string>>;
  /** Undefined while they are not known. */
  readonly columns?: readonly WrittenColumn[] | undefined;
}

/** A column, and some of what is in it. */
export interface WrittenColumn {
  readonly name: string;
  readonly type: string;
  /** How many different values its first rows have. */
  readonly distinct: number;
}

/** Writes a pipeline that reads files, as one would write it by hand, with a first question if the columns are known. */
export function writePipeline(name: string, sources: readonly WrittenSource[]): string {
  const entries = sources.map(({ step, type, path, options, columns }) => {
    const place = Object.entries({ type, path, ...options }).map(
      ([key, value]) => `${key}: ${scalar(value)}`,
    );
    const types = columns?.map((column) => `${column.name} ${column.type}`).join(', ');
    const comment = types === undefined ? '' : `    # ${shortened(types)}\n`;
    return `${comment}    - source: ${step}\n      from: { ${place.join(', ')} }\n`;
  });
  const taken = [...sources.map(({ step }) => step), 'ingest', 'explore'];
  const [first] = sources;
  const question = first?.columns === undefined ? undefined : firstQuestion(first.step, first.columns, taken);
  const explore =
    question === undefined
      ? ''
      : `\n  explore:\n    # A first question: change it into yours.\n    - step: ${question.step}\n      sql: |\n${question.sql
          .split('\n')
          .map((line) => `        ${line}\n`)
          .join('')}`;
  return `name: ${name}\n\nprocesses:\n  ingest:\n${entries.join('\n')}${explore}`;
}

/** A text that YAML takes for a text. */
function scalar(value: string): string {
  return /^[A-Za-z_/][\w./-]*$/.test(value) ? value : JSON.stringify(value);
}

function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length <= 100 ? line : `${line.slice(0, 97).replace(/,[^,]*$/, '')}, ...`;
}

function firstQuestion(
  step: string,
  columns: readonly WrittenColumn[],
  taken: readonly string[],
): { readonly step: string; readonly sql: string } {
  const isNumber = ({ type }: WrittenColumn): boolean =>
    /^(?:U?(?:TINY|SMALL|BIG|HUGE)?INT|U?INTEGER|DOUBLE|FLOAT|DECIMAL\([^)]*\))$/.test(type);
  const isKey = ({ name }: WrittenColumn): boolean => /(?:^|_)(?:id|key|code|zip)$/i.test(name);
  // What repeats is worth counting.
  const kind = columns
    .filter(({ type, distinct }) => /^(?:VARCHAR|BOOLEAN|ENUM\(.*\))$/.test(type) && distinct > 0)
    .toSorted((one, other) => one.distinct - other.distinct)
    .find(({ distinct }) => distinct > 1 && distinct <= 100);
  const time = columns.find(({ type }) => /^(?:DATE|TIMESTAMP[^[]*)$/.test(type));
  const amount = columns.find((column) => isNumber(column) && !isKey(column));
  const count = unused(
    'n',
    columns.map(({ name }) => name),
    '_',
  );
  const mean =
    amount === undefined ? '' : `, avg(${quoted(amount.name)}) as ${quoted(`mean_${amount.name}`)}`;
  if (kind !== undefined) {
    const by = quoted(kind.name);
    return {
      step: unused(`by_${plain(kind.name)}`, taken, '_'),
      sql: `select ${by}, count(*) as ${count}${mean}\nfrom ${step}\ngroup by all\norder by ${count} desc, ${by}\nlimit 20`,
    };
  }
  if (time !== undefined)
    return {
      step: unused('by_month', taken, '_'),
      sql: `select date_trunc('month', ${quoted(time.name)}) as month, count(*) as ${count}${mean}\nfrom ${step}\ngroup by all\norder by month`,
    };
  return { step: unused('first_rows', taken, '_'), sql: `select *\nfrom ${step}\nlimit 100` };
}

function plain(name: string): string {
  return (
    name
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '_')
      .replaceAll(/^_+|_+$/g, '') || 'kind'
  );
}

function quoted(name: string): string {
  return /^[a-z_][a-z0-9_]*$/i.test(name) && !isReserved(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
