import { useCallback, useLayoutEffect, useRef, useState } from 'react';

/** How much of an axis is seen. */
export interface Zoom {
  /** Of the whole axis, in pixels. */
  readonly width: number;
  /** Pixels for a millisecond. */
  readonly scale: number;
  /** Milliseconds at the right end of the axis. */
  readonly end: number;
  readonly isFit: boolean;
  by(factor: number): void;
  fit(): void;
  /** For `ref` of what scrolls: Ctrl and the wheel zoom around the pointer. */
  attach(element: HTMLElement | null): (() => void) | undefined;
}

const most = 32;
/** Room for the words behind the last bar. */
const margin = 96;

/** Fits an axis of so many milliseconds in an element, or shows a part of it. */
export function useZoom(end: number): Zoom {
  const [factor, setFactor] = useState(1);
  const [room, setRoom] = useState(600);
  const scroller = useRef<HTMLElement>(null);
  /** Where the axis is to stay: the pixel of the element, and the share of the axis that is there. */
  const anchor = useRef<{ readonly at: number; readonly share: number }>(undefined);
  const label = useRef(0);

  const zoomAt = useCallback((by: number, at?: number) => {
    const element = scroller.current;
    if (element === null) return;
    const x = at ?? (element.clientWidth - label.current) / 2;
    const whole = element.scrollWidth - label.current;
    anchor.current = { at: x, share: whole === 0 ? 0 : (element.scrollLeft + x) / whole };
    setFactor((before) => Math.min(most, Math.max(1, before * by)));
  }, []);
  const attach = useCallback(
    (element: HTMLElement | null) => {
      scroller.current = element;
      if (element === null) return undefined;
      const measure = (): void => {
        label.current = Number.parseFloat(getComputedStyle(element).getPropertyValue('--label-px')) || 160;
        setRoom(Math.max(120, element.clientWidth - label.current));
      };
      const observer = new ResizeObserver(measure);
      observer.observe(element);
      measure();
      const wheel = (event: WheelEvent): void => {
        if (!event.ctrlKey && !event.metaKey) return;
        event.preventDefault();
        const at = event.clientX - element.getBoundingClientRect().left - label.current;
        zoomAt(2 ** (-event.deltaY / 200), at);
      };
      element.addEventListener('wheel', wheel, { passive: false });
      return () => {
        observer.disconnect();
        element.removeEventListener('wheel', wheel);
      };
    },
    [zoomAt],
  );
  useLayoutEffect(() => {
    const [element, kept] = [scroller.current, anchor.current];
    if (element === null || kept === undefined) return;
    element.scrollLeft = kept.share * (element.scrollWidth - label.current) - kept.at;
    anchor.current = undefined;
  }, [factor]);

  const width = room * factor;
  return {
    width,
    scale: Math.max(width - margin, 1) / Math.max(end, 1),
    end,
    isFit: factor === 1,
    by: zoomAt,
    fit: useCallback(() => setFactor(1), []),
    attach,
  };
}
