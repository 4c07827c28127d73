import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const faults = new URL('fs-faults.mjs', import.meta.url).href;

/** A process that runs scenarios one after the other, whose calls of the file system can be made to fail. */
export interface Steps {
  tell(what: object): void;
  /** What it tells next; undefined when it has ended. */
  next(): Promise<unknown>;
  readonly ended: Promise<unknown>;
  end(): Promise<unknown>;
}

/** Starts crash-steps.mjs or fault-steps.mjs. */
export function startSteps(script: string): Steps {
  const args = ['--import', faults, fileURLToPath(new URL(script, import.meta.url))];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    tell: (what) => void child.stdin.write(`${JSON.stringify(what)}\n`),
    async next() {
      const line = await lines.next();
      return line.done === true ? undefined : JSON.parse(line.value);
    },
    ended,
    end() {
      child.stdin.end();
      return ended;
    },
  };
}
