/** Bounds how many bytes are held at a time by what is written behind. */
export interface Flight {
  /** Resolves when there is room for them, which is theirs from then on. What alone is too large goes alone. */
  enter(bytes: number): Promise<void>;
  /** They are held no more. */
  leave(bytes: number): void;
}

/** Of a run, in bytes. What is stored as fast as it is made never comes near it; what is not, is waited for. */
const usualLimit = 128 * 2 ** 20;

/** @param limit Bytes. */
export function flight(limit: number = usualLimit): Flight {
  const waiting: { readonly bytes: number; readonly begin: () => void }[] = [];
  let held = 0;
  const next = (): void => {
    for (let [first] = waiting; first && (held === 0 || held + first.bytes <= limit); [first] = waiting) {
      waiting.shift();
      held += first.bytes;
      first.begin();
    }
  };
  return {
    enter: (bytes) =>
      new Promise((begin) => {
        waiting.push({ bytes, begin });
        next();
      }),
    leave(bytes) {
      held -= bytes;
      next();
    },
  };
}
