/** Bounds how many bytes are held at a time by what is written behind. */
export interface Flight {
  /** Says whether so many bytes would have to wait. */
  isFull(bytes: number): boolean;
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
  const fits = (bytes: number): boolean => held === 0 || held + bytes <= limit;
  const next = (): void => {
    for (let [first] = waiting; first && fits(first.bytes); [first] = waiting) {
      waiting.shift();
      held += first.bytes;
      first.begin();
    }
  };
  return {
    isFull: (bytes) => waiting.length > 0 || !fits(bytes),
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
