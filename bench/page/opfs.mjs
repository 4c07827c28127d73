// DuckDB-WASM on a database file in OPFS, with a CHECKPOINT after each table: how one keeps tables without Cairn.
import { scheduleOf } from '../workloads/texts.mjs';
import { bareDuckDb } from './page-host.mjs';

const readWrite = 3;

export async function opfs(host, workload) {
  const db = await bareDuckDb();
  let files = 0;
  return {
    async pass() {
      const file = `bench-${(files += 1)}.db`;
      const root = await navigator.storage.getDirectory();
      const begun = performance.now();
      await db.reopen({ path: `opfs://${file}`, accessMode: readWrite });
      for (const { name, format, file: data } of workload.sources) {
        const bytes = await host.fileBytes(data);
        if (format === 'parquet') await db.insert(name, await host.parquetToIpc(bytes));
        else {
          await db.register(data, bytes);
          await db.run(`create table ${name} as from read_csv('${data}')`);
        }
        await db.run('checkpoint');
      }
      for (const { name, text } of scheduleOf(workload)) {
        await db.run(`create table ${name} as ${text}`);
        await db.run('checkpoint');
      }
      const ms = performance.now() - begun;
      // The worker holds the file for as long as it lives, so it is removed with the profile.
      const { size } = await (await root.getFileHandle(file)).getFile();
      return { ms, bytes: size };
    },
  };
}
