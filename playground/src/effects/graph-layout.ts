import { keyOf, type GraphLayout, type GraphPlaces, type GraphShape } from '../state/graph-shape.ts';

type Answer =
  | { readonly id: number; readonly places: GraphPlaces }
  | { readonly id: number; readonly error: string };

/** How many drawings are kept for when they are asked for again. */
const kept = 8;

/** Arranges graphs on a thread of its own, which is begun at the first. */
export function workerLayout(): GraphLayout {
  let worker: Worker | undefined;
  let last = 0;
  const known = new Map<string, Promise<GraphPlaces>>();
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

  const ask = (shape: GraphShape): Promise<GraphPlaces> => {
    const asked = (worker ??= begin());
    const id = (last += 1);
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      asked.postMessage({ id, shape });
    });
  };

  return {
    arrange(shape) {
      const key = keyOf(shape);
      const places = known.get(key) ?? ask(shape);
      // The one that was asked for last is the last to be forgotten.
      known.delete(key);
      known.set(key, places);
      for (const oldest of [...known.keys()].slice(0, -kept)) known.delete(oldest);
      places.catch(() => known.delete(key));
      return places;
    },
  };
}
