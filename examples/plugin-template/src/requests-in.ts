import { sql, type SourcePiece } from '@cairn/core/plugin';

/**
 * Common Log Format, in the engine's SQL: `host ident user [time] "method path protocol" status bytes`, and whatever comes
 * after it. https://httpd.apache.org/docs/current/logs.html
 */
const query = sql`
  select
    if(log.client = '', error('line: ' || line[:200]), log.client) as client,
    strptime(log.at[:20], '%d/%b/%Y:%H:%M:%S') as at,
    log.method,
    log.path,
    log.status::smallint as status,
    try_cast(log.bytes as bigint) as bytes
  from (
    select line, regexp_extract(
      line,
      '^(\\S+) \\S+ \\S+ \\[([^\\]]+)\\] "([A-Z]+) (\\S+)[^"]*" ([0-9]{3}) ([0-9]+|-)',
      ['client', 'at', 'method', 'path', 'status', 'bytes']
    ) as log
    from read_csv(
      ${sql.file('log')}, columns = {'line': 'VARCHAR'}, auto_detect = false, header = false,
      delim = '\x01', quote = '', escape = '', max_line_size = 4200000
    )
    where line is not null
  )`;

/** One query for each piece of the log. */
export async function* requestsIn(lines: AsyncIterable<Uint8Array>): AsyncGenerator<SourcePiece> {
  for await (const bytes of lines) yield { query, files: { log: { bytes } } };
}
