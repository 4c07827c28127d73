// A workload's statements on bare DuckDB-WASM: the floor without checkpoints, and the naive way to have them, which is to
// take each table out as one Arrow file and to store that, flushed.
import { scheduleOf } from '../workloads/texts.mjs';

/** Brings the sources in, with parquet-wasm and DuckDB's own CSV reader. */
async function readSources(host, db, { sources }) {
  for (const { name, format, file } of sources) {
    const bytes = await host.fileBytes(file);
    if (format === 'parquet') {
      await db.insert(name, await host.parquetToIpc(bytes));
    } else {
      await db.register(file, bytes);
      await db.run(`create table ${name} as from read_csv('${file}')`);
    }
  }
}

/** @param keepTable What is done with each table once it is made. */
async function runAll(host, db, workload, keepTable = () => Promise.resolve()) {
  const begun = performance.now();
  await readSources(host, db, workload);
  for (const { name } of workload.sources) await keepTable(name);
  for (const { name, text, done } of scheduleOf(workload)) {
    await db.run(`create table ${name} as ${text}`);
    await keepTable(name);
    for (const table of done) await db.run(`drop table ${table}`);
  }
  const ms = performance.now() - begun;
  for (const { name } of [...workload.sources, ...workload.steps])
    await db.run(`drop table if exists ${name}`);
  return ms;
}

export async function bare(host, workload) {
  const db = await host.duckDb();
  return { pass: async () => ({ ms: await runAll(host, db, workload) }) };
}

export async function naive(host, workload) {
  const db = await host.duckDb();
  const keeping = async (place, name) => {
    const bytes = await db.run(`from ${name}`);
    await host.keep(place, name, bytes);
    return bytes.length;
  };
  const last = scheduleOf(workload).at(-1);
  return {
    async pass(place) {
      let bytes = 0;
      const ms = await runAll(host, db, workload, async (name) => {
        bytes += await keeping(place, name);
      });
      return { ms, bytes };
    },
    /** Leaves at a place what a run has kept that came to its last step. */
    async crash(place) {
      const isKept = (name) => name !== last.name;
      await runAll(host, db, workload, (name) => (isKept(name) ? keeping(place, name) : Promise.resolve()));
      await host.die();
    },
    /** The least that resuming takes: the last step's inputs brought in, the step, its table kept. */
    async resume(place) {
      const begun = performance.now();
      // An Arrow file is a stream between eight bytes and a footer.
      for (const name of last.reads) await db.insert(name, (await host.kept(place, name)).subarray(8));
      await db.run(`create table ${last.name} as ${last.text}`);
      const bytes = await keeping(place, last.name);
      return { ms: performance.now() - begun, bytes };
    },
  };
}
