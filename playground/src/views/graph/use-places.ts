import { useEffect, useState, type RefObject } from 'react';
import { useApp } from '../../hooks/app-context.ts';
import { useMedia } from '../../hooks/use-media.ts';
import type { Defined } from '../../state/definition.ts';
import { bestOf, keyOf, shapeOf, type GraphPlaces, type GraphShape } from '../../state/graph-shape.ts';

/** Up to so many steps both directions are tried. */
const few = 40;

/** Places as far as they are found. */
export interface FoundPlaces {
  /** Of the last shape that was arranged, until the next one is. */
  readonly places: GraphPlaces | undefined;
  readonly error: string | undefined;
}

/**
 * Where a plan is drawn: asked for when its shape is another one, and not when a text says the same otherwise. It leads
 * down on a narrow screen, and to the right elsewhere, unless its room is so high that it is read much better down.
 */
export function usePlaces(
  plan: Defined['plan'] | undefined,
  room: RefObject<HTMLElement | null>,
): FoundPlaces {
  const { layout } = useApp();
  const isNarrow = useMedia('(max-width: 40rem)');
  const key = plan === undefined ? undefined : keyOf(shapeOf(plan, isNarrow ? 'down' : 'right'));
  const [found, setFound] = useState<FoundPlaces>({ places: undefined, error: undefined });
  useEffect(() => {
    if (key === undefined) return undefined;
    const shape = JSON.parse(key) as GraphShape;
    const isEither = !isNarrow && shape.order.length <= few;
    const shapes = isEither ? [shape, { ...shape, direction: 'down' as const }] : [shape];
    let isLate = false;
    Promise.all(shapes.map((one) => layout.arrange(one))).then(
      (drawings) => {
        const { clientWidth: width = 0, clientHeight: height = 0 } = room.current ?? {};
        if (!isLate) setFound({ places: bestOf(drawings, { width, height }), error: undefined });
      },
      (error: unknown) => {
        const words = error instanceof Error ? error.message : String(error);
        if (!isLate) setFound(({ places }) => ({ places, error: words }));
      },
    );
    return () => {
      isLate = true;
    };
  }, [layout, key, isNarrow, room]);
  return found;
}
