import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { Death } from './mortal-store.js';

const child = fileURLToPath(new URL('../dist/crash/child.js', import.meta.url));

/**
 * Runs the reference pipeline in processes that end themselves with SIGKILL, one after the other.
 *
 * @returns How many were killed: the last ones may have succeeded before.
 */
export async function killedByOneself(folder: string, deaths: readonly Death[]): Promise<number> {
  let kills = 0;
  for (const { at, when } of deaths) {
    const ended = await new Promise<{ code: number | null; signal: string | null; said: string }>(
      (resolve, reject) => {
        const running = spawn(process.execPath, [child, folder, String(at), when], {
          stdio: ['ignore', 'ignore', 'pipe'],
        });
        let said = '';
        running.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
        running.on('error', reject).on('close', (code, signal) => resolve({ code, signal, said }));
      },
    );
    if (ended.signal === 'SIGKILL') kills += 1;
    else expect(ended, `${when} ${at}`).toEqual({ code: 0, signal: null, said: '' });
  }
  return kills;
}
