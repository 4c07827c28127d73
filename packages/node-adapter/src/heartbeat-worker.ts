import { closeSync, openSync, writeSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import type { HeartbeatRequest } from './heartbeat.ts';
import { hasCode } from './system-error.ts';

const beating = new Map<string, NodeJS.Timeout>();

function stop(path: string): void {
  clearInterval(beating.get(path));
  beating.delete(path);
}

/** Writes a byte that is there already, which changes the file's time by the clock of the file system. */
function beat(path: string, lastByte: number): void {
  try {
    const file = openSync(path, 'r+');
    try {
      writeSync(file, '\n', lastByte);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    // The lease was given back or taken. After any other error the next beat may arrive.
    if (hasCode(error, 'ENOENT')) stop(path);
  }
}

parentPort?.on('message', ({ path, lastByte, everyMs }: HeartbeatRequest) => {
  stop(path);
  if (everyMs === undefined) return;
  beat(path, lastByte);
  beating.set(
    path,
    setInterval(() => beat(path, lastByte), everyMs),
  );
});
