import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../packages/node-adapter/bin/cairn.js', import.meta.url));
const repository = fileURLToPath(new URL('../..', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the `cairn` command; `onLine` may kill it when it sees a line of its output. */
export function cairn(
  args: readonly string[],
  onLine?: (line: string, kill: (signal: NodeJS.Signals) => void) => void,
  env: NodeJS.ProcessEnv = {},
  cwd: string = repository,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, ...args], {
      cwd,
      env: { ...process.env, FORCE_COLOR: undefined, NO_COLOR: undefined, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr, rest] = ['', '', ''];
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onLine?.(line, (signal) => child.kill(signal));
    });
    child.on('error', reject).on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

/** The steps of a run's output by the word that says what became of them. */
export function stepsWith(output: string, word: string): string[] {
  return output.split('\n').flatMap((line) => {
    const match = /^ {2}(\S+) +(done|reused|skipped|FAILED|canceled)\b/.exec(line);
    return match?.[2] === word && match[1] !== undefined ? [match[1]] : [];
  });
}
