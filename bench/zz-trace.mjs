import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRunner } from '@cairn/core';
import { fsStore } from '@cairn/node';
import { createNodeEngine } from '../packages/node-adapter/dist/engine.js';
import { chainPipeline, chainStatements } from './chain/chain.mjs';
const rows = Number(process.argv[2] ?? 1_000_000);
const statements = chainStatements(rows);
const scratch = mkdtempSync(join(tmpdir(), 'cairn-trace-'));
const engine = createNodeEngine();
await engine.open();
const log = [];
let t0 = 0;
const now = () => performance.now() - t0;
const span = async (name, f) => {
  const b = now();
  try {
    return await f();
  } finally {
    log.push([b, now(), name]);
  }
};
let n = 0;
for (let i = 0; i < 3; i++) {
  log.length = 0;
  t0 = performance.now();
  const root = join(scratch, 's' + n++);
  const st = fsStore({ root });
  const store = {
    ...st,
    put: (k, ...a) => span('put ' + k.slice(0, 16), () => st.put(k, ...a)),
    append: (k, v, o) =>
      span(
        'append ' +
          /"type":"(\w+)"/.exec(new TextDecoder().decode(v).slice(-60))?.[1] +
          ' ' +
          /"step":"(\w+)"/.exec(new TextDecoder().decode(v))?.[1] +
          ' sync=' +
          o?.sync,
        () => st.append(k, v, o),
      ),
    get: (k) => span('get ' + k.slice(0, 14), () => st.get(k)),
  };
  const eng = {
    ...engine,
    close: () => Promise.resolve(),
    createTable: (t, ...a) => span('CREATE ' + t.name, () => engine.createTable(t, ...a)),
    dropTable: (t) => span('DROP ' + t.name, () => engine.dropTable(t)),
    async *exportParts(t, o) {
      const b = now();
      let c = 0,
        w = 0;
      try {
        for await (const p of engine.exportParts(t, o)) {
          c++;
          const x = now();
          yield p;
          w += now() - x;
        }
      } finally {
        log.push([b, now(), 'EXPORT ' + t.name + ' parts ' + c + ' waited ' + w.toFixed(0)]);
      }
    },
  };
  const runner = createRunner({ store, engine: eng });
  await span('RUN', () => runner.run(chainPipeline(statements, 'cache')));
  await runner.close();
  rmSync(root, { recursive: true });
}
const eng = log.filter((l) => /^(CREATE|EXPORT|DROP)/.test(l[2])).sort((a, b) => a[0] - b[0]);
for (const l of log.sort((a, b) => a[0] - b[0]))
  if (!/^put/.test(l[2]) || true)
    console.log(
      l[0].toFixed(0).padStart(6),
      l[1].toFixed(0).padStart(6),
      (l[1] - l[0]).toFixed(0).padStart(5),
      l[2],
    );
let end = 0,
  idle = 0;
for (const l of eng.filter((l) => !/^DROP/.test(l[2]))) {
  if (l[0] > end) idle += l[0] - end;
  end = Math.max(end, l[1]);
}
console.log('engine idle', idle.toFixed(0));
const sum = (k) => eng.filter((l) => l[2].startsWith(k)).reduce((s, l) => s + l[1] - l[0], 0);
console.log('create', sum('CREATE').toFixed(0), 'export', sum('EXPORT').toFixed(0));
rmSync(scratch, { recursive: true });
await engine.close();
