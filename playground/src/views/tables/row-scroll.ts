import { useCallback, useEffect, useRef, useState, type RefObject } from 'react';

/** In pixels. */
export const rowHeight = 26;

/** Browsers draw no element that is higher than some 17 to 33 million pixels. */
const mostHeight = 8_000_000;

/** The rows, and the part of the element that shows them. */
export interface RowSpace {
  readonly rows: number;
  /** How high it is, in pixels. */
  readonly viewport: number;
}

/** How high the element that scrolls is made. */
export function trackHeight({ rows }: Pick<RowSpace, 'rows'>): number {
  return Math.min(rows * rowHeight, mostHeight);
}

const lastTop = ({ rows, viewport }: RowSpace): number => Math.max(0, rows * rowHeight - viewport);
const lastScroll = (space: RowSpace): number => Math.max(0, trackHeight(space) - space.viewport);

/** Where among all rows a position of the scroll bar is. */
export function topAt(scroll: number, space: RowSpace): number {
  const [most, top] = [lastScroll(space), lastTop(space)];
  return most === 0 ? 0 : Math.min(top, Math.max(0, (scroll / most) * top));
}

/** The position of the scroll bar for a place among all rows. */
export function scrollAt(top: number, space: RowSpace): number {
  const [most, last] = [lastTop(space), lastScroll(space)];
  return most === 0 ? 0 : Math.min(last, Math.max(0, (top / most) * last));
}

/** The rows that are seen at a place: the first, and the one after the last. */
export function rowsAt(top: number, { rows, viewport }: RowSpace): readonly [from: number, to: number] {
  const from = Math.max(0, Math.floor(top / rowHeight));
  return [Math.min(from, rows), Math.min(rows, Math.ceil((top + viewport) / rowHeight))];
}

/** What {@link useRowScroll} returns. */
export interface RowScroll {
  /** Which pixel of all rows is at the top. */
  readonly top: number;
  readonly scrollTo: (top: number) => void;
  readonly onScroll: () => void;
}

/**
 * Scrolls through any number of rows. Where they are higher than an element can be, dragging the scroll bar goes through all of
 * them in proportion, and whatever moves by less than a page (a wheel, a finger) moves by as many pixels as ever.
 */
export function useRowScroll(element: RefObject<HTMLElement | null>, space: RowSpace): RowScroll {
  const [top, setTop] = useState(0);
  const known = useRef({ top: 0, scroll: 0, space });
  known.current.space = space;
  const isScaled = space.rows * rowHeight > mostHeight;

  const scrollTo = useCallback(
    (wanted: number) => {
      const { space: now } = known.current;
      const next = Math.min(lastTop(now), Math.max(0, wanted));
      known.current.top = next;
      const { current } = element;
      if (current !== null) {
        current.scrollTop = scrollAt(next, now);
        known.current.scroll = current.scrollTop;
      }
      setTop(next);
    },
    [element],
  );
  const onScroll = useCallback(() => {
    const { current } = element;
    if (current === null) return;
    const { top: before, scroll: last, space: now } = known.current;
    const scroll = current.scrollTop;
    const moved = scroll - last;
    if (Math.abs(moved) < 1) return;
    known.current.scroll = scroll;
    const isPart = now.rows * rowHeight > mostHeight && Math.abs(moved) <= now.viewport;
    const isAtEnd = scroll <= 0 || scroll >= lastScroll(now) - 1;
    known.current.top =
      isPart && !isAtEnd ? Math.min(lastTop(now), Math.max(0, before + moved)) : topAt(scroll, now);
    setTop(known.current.top);
  }, [element]);

  useEffect(() => {
    const { current } = element;
    if (current === null || !isScaled) return undefined;
    const turn = (event: WheelEvent): void => {
      if (event.ctrlKey || event.deltaY === 0) return;
      event.preventDefault();
      const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? rowHeight : 1;
      scrollTo(known.current.top + event.deltaY * unit);
      current.scrollLeft += event.deltaX * unit;
    };
    /** What a finger has moved puts the scroll bar where it belongs afterwards. */
    const settle = (): void => scrollTo(known.current.top);
    current.addEventListener('wheel', turn, { passive: false });
    current.addEventListener('scrollend', settle);
    return () => {
      current.removeEventListener('wheel', turn);
      current.removeEventListener('scrollend', settle);
    };
  }, [element, isScaled, scrollTo]);

  // Fewer rows, or a higher element: there is no such place any more.
  const clamped = Math.min(top, lastTop(space));
  useEffect(() => {
    if (clamped !== known.current.top) scrollTo(clamped);
  }, [clamped, scrollTo]);
  return { top: clamped, scrollTo, onScroll };
}
