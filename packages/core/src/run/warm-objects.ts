import type { Session } from './session.ts';

/** A statement that takes so long, in milliseconds, may make a large table; and it leaves a processor alone meanwhile. */
const longMs = 100;
/** A table of so many rows has a large part. */
const largeRows = 100_000;

/**
 * Has the store start what large objects take, while a step's table is made: afterwards it would be in the way.
 *
 * @returns To be called when the table is made, or cannot be, with its rows.
 */
export function warmObjects({ parts, signal }: Session): (rows: number) => void {
  const { engine, store } = parts;
  const warm = store.objects?.warm;
  if (warm === undefined) return () => undefined;
  let isOver = false;
  let isWarm = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const begin = (): void => {
    if (isOver) return;
    timer = setTimeout(() => {
      isWarm = true;
      warm();
    }, longMs);
  };
  // The engine's own start has enough to do.
  engine.open({ signal }).then(begin, () => undefined);
  return (rows) => {
    isOver = true;
    clearTimeout(timer);
    if (!isWarm && rows >= largeRows) warm();
  };
}
