import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { fuzzRuns, fuzzSeed } from './fuzzing.ts';

/** How many inputs of each kind, and what they begin with; more and others by environment variables. */
export const times: number = fuzzRuns(60);
export const seed: number = fuzzSeed;

/** Numbers that are the same for a seed (mulberry32). */
export function randomOf(start: number): (below: number) => number {
  let state = start;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** Changes some bytes of an input: replaced, taken out, put in, cut off, doubled. */
export function damaged(bytes: Uint8Array, random: (below: number) => number): Uint8Array {
  let now = Array.from(bytes);
  for (let count = random(4) + 1; count > 0; count -= 1) {
    const at = random(now.length + 1);
    const kind = random(5);
    if (kind === 0) now[at % Math.max(now.length, 1)] = random(256);
    else if (kind === 1) now.splice(at, random(4) + 1);
    else if (kind === 2) now.splice(at, 0, ...Array.from({ length: random(4) + 1 }, () => random(256)));
    else if (kind === 3) now = now.slice(0, at);
    else now.splice(at, 0, ...now.slice(at, at + random(20)));
  }
  return Uint8Array.from(now, (byte) => byte & 255);
}

/** The most memory in MiB that a process had which drained a source of a made-up file, and what came of it. */
export async function drained(
  connector: string,
  content: string,
  mebibytes: number,
): Promise<{ readonly peak: number; readonly outcome: string }> {
  const child = fileURLToPath(new URL('text-fuzz-child.mjs', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [
    child,
    connector,
    content,
    String(mebibytes),
  ]);
  return JSON.parse(stdout) as { peak: number; outcome: string };
}
