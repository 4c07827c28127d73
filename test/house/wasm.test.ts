import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { assembled } from '../../scripts/wasm.mjs';

test('the modules of WebAssembly are what their sources say', async () => {
  const code = (text: string): string => text.replaceAll(/\s/g, '');
  for (const { file, text } of await assembled()) {
    expect(code(readFileSync(file, 'utf8')), `${file.pathname}: node scripts/wasm.mjs`).toBe(code(text));
  }
});
