import type { GraphLayout, GraphPlaces } from '../state/graph-shape.ts';

type Answer =
  | { readonly id: number; readonly places: GraphPlaces }
  | { readonly id: number; readonly error: string };

/** Arranges graphs on a thread of its own, which is begun at the first. */
export function workerLayout(): GraphLayout {
  let worker: Worker | undefined;
  let last = 0;
  const waiting = new Map<number, { resolve(places: GraphPlaces): void; reject(error: Error): void }>();

  const begin = (): Worker => {
    const begun = new Worker(new URL('./graph-layout-worker.ts', import.meta.url), {
      type: 'module',
      name: 'graph layout',
    });
    begun.addEventListener('message', ({ data }: MessageEvent<Answer>) => {
      const asked = waiting.get(data.id);
      waiting.delete(data.id);
      if ('places' in data) asked?.resolve(data.places);
      else asked?.reject(new Error(data.error));
    });
    begun.addEventListener('error', ({ message }) => {
      for (const { reject } of waiting.values())
        reject(new Error(message || 'the thread of the layout ended'));
      waiting.clear();
      begun.terminate();
      worker = undefined;
    });
    return begun;
  };

  return {
    arrange(shape) {
      worker ??= begin();
      const id = (last += 1);
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        worker?.postMessage({ id, shape });
      });
    },
  };
}
