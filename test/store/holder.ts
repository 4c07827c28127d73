import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('holder.mjs', import.meta.url));
const faults = new URL('fs-faults.mjs', import.meta.url).href;

/** What a holder is told of itself. */
export interface HolderOptions {
  readonly root: string;
  readonly times?: object;
  readonly identity?: object;
  /** Lets `stopAt` work. */
  readonly hasFaults?: boolean;
}

/** A process that uses a store as it is told. */
export interface Holder {
  readonly pid: number;
  /** What became of a call: its value, or the code of its error. */
  call(name: string, ...args: unknown[]): Promise<unknown>;
  /** Resolves once the process has stopped by itself, to the file system's call at which it did. */
  stopped(): Promise<unknown>;
  /** Stops every thread of the process, and lets it go on. */
  stop(): Promise<void>;
  goOn(): void;
  kill(): Promise<void>;
}

/** Starts holder.mjs. */
export function startHolder({ hasFaults = false, ...options }: HolderOptions): Holder {
  const args = [...(hasFaults ? ['--import', faults] : []), script, JSON.stringify(options)];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const pid = child.pid as number;
  const ended = once(child, 'exit');
  const lines: Record<string, unknown>[] = [];
  const waiting: { readonly key: string; readonly resolve: (line: Record<string, unknown>) => void }[] = [];
  const match = (): void => {
    for (const waiter of waiting.slice()) {
      const at = lines.findIndex((line) => (waiter.key === 'stopped') === 'stopped' in line);
      const line = lines[at];
      if (line === undefined) continue;
      lines.splice(at, 1);
      waiting.splice(waiting.indexOf(waiter), 1);
      waiter.resolve(line);
    }
  };
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(JSON.parse(line) as Record<string, unknown>);
    match();
  });
  const next = (key: string): Promise<Record<string, unknown>> =>
    new Promise((resolve) => {
      waiting.push({ key, resolve });
      match();
    });
  const hasStopped = async (): Promise<void> => {
    while (!/\) T /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))) await pause(1);
  };
  return {
    pid,
    async call(name, ...rest) {
      child.stdin.write(`${JSON.stringify([name, ...rest])}\n`);
      const line = await next('value');
      return line['value'] === undefined ? line['code'] : line['value'];
    },
    async stopped() {
      const { stopped } = await next('stopped');
      await hasStopped();
      return stopped;
    },
    async stop() {
      child.kill('SIGSTOP');
      await hasStopped();
    },
    goOn: () => void child.kill('SIGCONT'),
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
