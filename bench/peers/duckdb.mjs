// Native DuckDB on all its threads: the same statements, each table kept as one Parquet file with zstd, flushed.
import { mkdirSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { scheduleOf } from '../workloads/texts.mjs';

export async function native(host, workload) {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const run = (text) => connection.run(text);
  const keep = async (place, name) => {
    const path = join(place, `${name}.parquet`);
    await run(`copy ${name} to '${path}' (format parquet, compression zstd)`);
    const handle = await open(path, 'r');
    await handle.sync();
    await handle.close();
    return (await stat(path)).size;
  };
  return {
    async pass(place) {
      mkdirSync(place, { recursive: true });
      let bytes = 0;
      const begun = performance.now();
      for (const { name, format, file } of workload.sources) {
        await run(`create table ${name} as from read_${format}('${host.filePath(file)}')`);
        bytes += await keep(place, name);
      }
      for (const { name, text, done } of scheduleOf(workload)) {
        await run(`create table ${name} as ${text}`);
        bytes += await keep(place, name);
        for (const table of done) await run(`drop table ${table}`);
      }
      const ms = performance.now() - begun;
      for (const { name } of [...workload.sources, ...workload.steps])
        await run(`drop table if exists ${name}`);
      return { ms, bytes };
    },
  };
}
