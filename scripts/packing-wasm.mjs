// The codec of packed objects, assembled. Run, it writes packages/core/src/store/packing-wasm.ts; a test holds that it is
// what packing.wat says.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import wabt from 'wabt';

const source = new URL('../packages/core/src/store/packing.wat', import.meta.url);
const made = new URL('../packages/core/src/store/packing-wasm.ts', import.meta.url);

/** The module of TypeScript that holds the assembled one as base64. */
export async function packingWasm() {
  const { parseWat } = await wabt();
  const parsed = parseWat('packing.wat', readFileSync(source, 'utf8'), { simd: true, bulk_memory: true });
  const text = Buffer.from(parsed.toBinary({}).buffer).toString('base64');
  const lines = text.match(/.{1,100}/g).map((line) => `  '${line}'`);
  return `/** The codec of packed objects. Made of packing.wat by scripts/packing-wasm.mjs. */\nexport const packingWasm: string =\n${lines.join(' +\n')};\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(made, await packingWasm());
