import { Worker } from 'node:worker_threads';

/** What the heartbeat's thread is told: to begin with a file, or to stop. */
export interface HeartbeatRequest {
  readonly path: string;
  /** The offset of the byte that is written again. */
  readonly lastByte: number;
  /** Undefined: stop. */
  readonly everyMs: number | undefined;
}

// One for all stores of the process, since a thread costs some milliseconds and megabytes.
let thread: Worker | undefined;

/**
 * Gives signs of life in a file, from a thread of its own: whatever the main thread is busy with, they go on. Neither
 * the thread nor the wait for it keeps the process alive.
 *
 * @returns How to stop.
 */
export function startHeartbeat(path: string, lastByte: number, times: HeartbeatTimes): () => void {
  let isStarted = false;
  const timer = setTimeout(() => {
    isStarted = true;
    tell({ path, lastByte, everyMs: times.beatMs });
  }, times.firstBeatMs).unref();
  return () => {
    clearTimeout(timer);
    if (isStarted) tell({ path, lastByte, everyMs: undefined });
  };
}

/** See {@link LeaseTimes}. */
export interface HeartbeatTimes {
  readonly beatMs: number;
  readonly firstBeatMs: number;
}

function tell(request: HeartbeatRequest): void {
  thread ??= startThread();
  thread.postMessage(request);
}

function startThread(): Worker {
  const worker = new Worker(new URL('./heartbeat-worker.js', import.meta.url), { execArgv: [], env: {} });
  const forget = (): void => {
    if (thread === worker) thread = undefined;
  };
  // Without a heartbeat, whoever can ask this process still finds it alive.
  worker.on('error', forget);
  worker.on('exit', forget);
  worker.unref();
  return worker;
}
