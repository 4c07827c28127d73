import { getViewportForBounds, useReactFlow, useStore } from '@xyflow/react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useMedia } from '../../hooks/use-media.ts';
import { boundsOf, type GraphBox, type GraphPlaces } from '../../state/graph-shape.ts';

/** Farther away than this nothing can be read, so that a large graph is first shown at its beginning. */
const legible = 0.4;
/** How far one can go away and come near. */
export const zoomRange = { least: 0.05, most: 2 } as const;

/** What stays free around the graph: the buttons stand above it. */
const margins = { top: '48px', right: '2%', bottom: '20px', left: '2%' } as const;

/** What part of the graph is seen. */
export interface Camera {
  zoomIn(): void;
  zoomOut(): void;
  /** Shows all of it. */
  fit(): void;
  /** Brings a step into sight, if it is out of it. */
  follow(step: string): void;
  /** To be called when the user has moved it: from then on it stays where it is. */
  release(): void;
  /** Whether it has been pointed at the graph. */
  readonly isReady: boolean;
}

/** Shows all of the graph, or its beginning when it is large, until the user moves. */
export function useCamera(places: GraphPlaces): Camera {
  const flow = useReactFlow();
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  const duration = useMedia('(prefers-reduced-motion: reduce)') ? 0 : 180;
  const isFree = useRef(false);
  const [isReady, setReady] = useState(false);
  const all = useMemo(() => boundsOf([...places.processes.values()]), [places]);

  const show = useCallback(
    (least: number, ms: number) => {
      if (width === 0 || height === 0) return;
      const whole = getViewportForBounds(all, width, height, zoomRange.least, 1, margins);
      void flow.setViewport(whole.zoom < least ? beginning(places, all, { width, height }) : whole, {
        duration: ms,
      });
    },
    [flow, places, all, width, height],
  );
  useEffect(() => {
    if (width === 0 || height === 0) return;
    if (!isFree.current) show(legible, 0);
    setReady(true);
  }, [show, width, height]);

  return useMemo(
    () => ({
      isReady,
      zoomIn() {
        isFree.current = true;
        void flow.zoomIn({ duration });
      },
      zoomOut() {
        isFree.current = true;
        void flow.zoomOut({ duration });
      },
      fit() {
        isFree.current = false;
        show(zoomRange.least, duration);
      },
      follow(step) {
        const box = places.steps.get(step);
        if (box === undefined || width === 0) return;
        const { x, y, zoom } = flow.getViewport();
        const [left, top] = [box.x * zoom + x, box.y * zoom + y];
        const isSeen =
          left >= 0 && top >= 0 && left + box.width * zoom <= width && top + box.height * zoom <= height;
        if (isSeen) return;
        isFree.current = true;
        // Far away it jumps: what is passed would only be drawn and left again.
        const isNear = left > -width && top > -height && left < 2 * width && top < 2 * height;
        void flow.setCenter(box.x + box.width / 2, box.y + box.height / 2, {
          zoom,
          duration: isNear ? duration : 0,
        });
      },
      release() {
        isFree.current = true;
      },
    }),
    [flow, places, show, width, height, duration, isReady],
  );
}

/** The first step, near enough to be read, where the flow begins. */
function beginning(
  { shape, steps }: GraphPlaces,
  all: GraphBox,
  { width, height }: { readonly width: number; readonly height: number },
): { x: number; y: number; zoom: number } {
  const zoom = 0.6;
  const first = steps.get(shape.order[0] ?? '') ?? all;
  const edge = 24;
  return shape.direction === 'right'
    ? { x: edge - all.x * zoom, y: height / 2 - (first.y + first.height / 2) * zoom, zoom }
    : { x: width / 2 - (first.x + first.width / 2) * zoom, y: edge - all.y * zoom, zoom };
}
