// The JSON file of each benchmark, which its next run compares with.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus, loadavg, totalmem } from 'node:os';

const folder = new URL('../results/', import.meta.url);
const fileOf = (name, size) => new URL(`${name}${size === 'full' ? '' : `.${size}`}.json`, folder);

/** What the run before left, of the same name and size; empty when there was none. */
export async function readResult(name, size) {
  try {
    return JSON.parse(await readFile(fileOf(name, size), 'utf8'));
  } catch {
    return { comparisons: {} };
  }
}

export async function writeResult(name, size, result) {
  await mkdir(folder, { recursive: true });
  await writeFile(fileOf(name, size), `${JSON.stringify(result, null, 2)}\n`);
}

/** What ratios do not depend on and milliseconds do. */
export function machine() {
  const [first] = cpus();
  return {
    processor: first?.model ?? 'unknown',
    threads: cpus().length,
    memoryGb: Math.round(totalmem() / 1e9),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    load: loadavg()[0],
  };
}
