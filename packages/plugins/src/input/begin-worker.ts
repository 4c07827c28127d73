/** A worker that said that it can begin. */
export interface BegunWorker<Request> {
  post(request: Request, transfer: readonly ArrayBufferLike[]): void;
  end(): void;
}

/**
 * Begins a worker whose script first says `{ started }`. Undefined where there can be none: a policy forbids it, a bundler has not
 * brought its script along, or it cannot begin.
 *
 * @param create A bundler finds the script by `new Worker(new URL('./script.js', import.meta.url), ...)` in the caller.
 * @param onBroken Called once, when the worker has broken down.
 */
export async function beginWorker<Request>(
  create: () => Worker,
  onAnswer: (answer: object) => void,
  onBroken: (why: string) => void,
): Promise<BegunWorker<Request> | undefined> {
  let worker: Worker;
  try {
    worker = create();
  } catch {
    return undefined;
  }
  const begun = await new Promise<boolean>((resolve) => {
    worker.addEventListener('error', (event) => {
      event.preventDefault?.();
      worker.terminate();
      resolve(false);
      onBroken(event.message ?? 'its worker ended');
    });
    worker.addEventListener('message', ({ data }) => {
      if ('started' in data) resolve(data.started === true);
      else onAnswer(data);
    });
  });
  if (!begun) {
    worker.terminate();
    return undefined;
  }
  return {
    post: (request, transfer) => worker.postMessage(request, transfer),
    end: () => worker.terminate(),
  };
}
