// The modules of WebAssembly that are written by hand, assembled. Run, it writes a module of TypeScript beside each; a test holds that
// these are what the .wat files say.
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import wabt from 'wabt';

const core = new URL('../packages/core/src/', import.meta.url);

/** What is assembled: where it is in core, what it is called, and what it is. */
const sources = [
  {
    source: 'store/packing.wat',
    made: 'store/packing-wasm.ts',
    name: 'packingWasm',
    what: 'The codec of packed objects',
  },
  {
    source: 'engine/vectors.wat',
    made: 'engine/vectors-wasm.ts',
    name: 'vectorsWasm',
    what: "What writes DuckDB's vectors as record batches",
  },
];

/** The modules of TypeScript that hold the assembled ones as base64, with where they belong. */
export async function assembled() {
  const { parseWat } = await wabt();
  return sources.map(({ source, made, name, what }) => {
    const file = new URL(source, core);
    const parsed = parseWat(basename(source), readFileSync(file, 'utf8'), { simd: true, bulk_memory: true });
    const lines = Buffer.from(parsed.toBinary({}).buffer)
      .toString('base64')
      .match(/.{1,100}/g);
    const text = `/** ${what}. Made of ${basename(source)} by scripts/wasm.mjs. */\nexport const ${name}: string =\n${lines.map((line) => `  '${line}'`).join(' +\n')};\n`;
    return { file: new URL(made, core), text };
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { file, text } of await assembled()) writeFileSync(file, text);
}
