import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';

/** What a fuzz test begins with; the name of each test says it. Another one, and more runs, by environment variables. */
export const fuzzSeed = Number(process.env['CAIRN_FUZZ_SEED'] ?? 7);
/** @param usual How many runs are quick. */
export const fuzzRuns = (usual: number): number => usual * Number(process.env['CAIRN_FUZZ_FACTOR'] ?? 1);

/** Numbers that sizes lie with. */
const liars = [0, 1, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0x0010_0000];

const place = fc.double({ min: 0, max: 0.9999, noNaN: true });

/** What may happen to a file. */
const damage: fc.Arbitrary<(bytes: Uint8Array) => Uint8Array> = fc.oneof(
  fc.tuple(place, fc.integer({ min: 0, max: 255 })).map(([where, value]) => (bytes: Uint8Array) => {
    bytes[Math.floor(where * bytes.length)] = value;
    return bytes;
  }),
  fc.tuple(place, fc.integer({ min: 0, max: 7 })).map(([where, bit]) => (bytes: Uint8Array) => {
    const at = Math.floor(where * bytes.length);
    bytes[at] = (bytes[at] as number) ^ (1 << bit);
    return bytes;
  }),
  fc.tuple(place, fc.constantFrom(...liars)).map(([where, value]) => (bytes: Uint8Array) => {
    const at = Math.floor(where * (bytes.length - 4));
    if (bytes.length >= 4) new DataView(bytes.buffer, bytes.byteOffset).setUint32(at, value, true);
    return bytes;
  }),
  // Sizes mostly stand near the end or at whole words.
  fc
    .tuple(fc.integer({ min: 0, max: 400 }), fc.constantFrom(...liars))
    .map(([back, value]) => (bytes: Uint8Array) => {
      const at = (bytes.length - 4 - back) & ~3;
      if (at >= 0) new DataView(bytes.buffer, bytes.byteOffset).setUint32(at, value, true);
      return bytes;
    }),
  place.map((where) => (bytes: Uint8Array) => bytes.slice(0, Math.floor(where * bytes.length))),
  fc.tuple(place, place).map(([from, to]) => (bytes: Uint8Array) => {
    const [start, end] = [from, to]
      .map((where) => Math.floor(where * bytes.length))
      .toSorted((a, b) => a - b);
    return Uint8Array.from([...bytes.subarray(0, end), ...bytes.subarray(start)]);
  }),
);

/** A good file of many, damaged once to four times, or bytes that never were one. */
export function damaged<Name extends string>(
  files: Readonly<Record<Name, string>>,
  names: readonly Name[],
): fc.Arbitrary<Uint8Array> {
  const broken = fc
    .tuple(fc.constantFrom(...names), fc.array(damage, { minLength: 1, maxLength: 4 }))
    .map(([name, steps]) =>
      steps.reduce<Uint8Array>(
        (bytes, step) => step(bytes),
        Uint8Array.from(Buffer.from(files[name], 'base64')),
      ),
    );
  return fc.oneof(
    { weight: 12, arbitrary: broken },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }) },
  );
}

/**
 * Reads files in a process of its own, which ends with the last one or after two minutes.
 *
 * @returns what came of each, and the most memory that the process had, in bytes
 */
export async function inChild(
  format: 'arrow' | 'parquet',
  files: readonly Uint8Array[],
): Promise<{ readonly outcomes: readonly string[]; readonly bytes: number }> {
  const script = fileURLToPath(new URL('fuzz-child.mjs', import.meta.url));
  const child = spawn(process.execPath, [script, format], {
    stdio: ['pipe', 'pipe', 'inherit'],
    timeout: 120_000 * Math.max(1, fuzzRuns(1)),
  });
  child.stdin.end(JSON.stringify(files.map((file) => Buffer.from(file).toString('base64'))));
  let told = '';
  child.stdout.on('data', (text: Buffer) => (told += text.toString()));
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`the child ended with ${code ?? signal}, and told ${told.slice(-500)}`));
    });
  });
  return JSON.parse(told) as { outcomes: string[]; bytes: number };
}
