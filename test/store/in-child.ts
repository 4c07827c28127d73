import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('child.mjs', import.meta.url));

/** Starts child.mjs with these arguments; `firstLine` is what it tells first, parsed. */
export function inChild(
  what: string,
  root: string,
  count = 0,
  shellFirst?: string,
): { readonly child: ChildProcess; readonly firstLine: Promise<unknown>; readonly ended: Promise<unknown> } {
  const args = [script, what, root, String(count)];
  const stdio = ['ignore', 'pipe', 'inherit'] as const;
  const child =
    shellFirst === undefined
      ? spawn(process.execPath, args, { stdio: [...stdio] })
      : spawn('sh', ['-c', `${shellFirst}; exec "$0" "$@"`, process.execPath, ...args], {
          stdio: [...stdio],
        });
  const ended = once(child, 'exit');
  const firstLine = new Promise<unknown>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', (line) => {
      resolve(JSON.parse(line));
    });
    child.once('exit', (code, signal) => {
      // The line may still be on its way when the process has ended.
      setTimeout(
        () => reject(new Error(`child ${what} ended with ${code ?? signal} and told nothing`)),
        1000,
      ).unref();
    });
  });
  firstLine.catch(() => undefined);
  return { child, firstLine, ended };
}
