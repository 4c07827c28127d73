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
export function warmObjects({ engine, store }: Session['parts']): (rows: number) => void {
  const { objects } = store;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isWarm = objects === undefined;
  const warm = (): void => {
    isWarm = true;
    objects?.warm?.();
  };
  // The engine's own start has enough to do.
  if (!isWarm)
    engine.open().then(
      () => {
        if (!isWarm) timer = setTimeout(warm, longMs);
      },
      () => undefined,
    );
  return (rows) => {
    clearTimeout(timer);
    if (!isWarm && rows >= largeRows) warm();
    isWarm = true;
  };
}
