import { useEffect, useMemo, useState, type KeyboardEvent, type RefObject } from 'react';
import { useSession } from '../../hooks/app-context.ts';
import { useReadable } from '../../hooks/use-readable.ts';
import type { GraphPlaces } from '../../state/graph-shape.ts';
import { walk } from '../../state/graph-walk.ts';
import { createStore } from '../../state/store.ts';
import type { GraphFocus } from './graph-context.ts';
import type { Camera } from './use-camera.ts';

/** The keyboard in a graph. */
export interface Walk {
  readonly focus: GraphFocus;
  press(event: KeyboardEvent): void;
  /** To be called when another part of the graph is seen: the Tab key comes to what is drawn. */
  settle(): void;
}

/** Keys walk from step to step, and move the camera. */
export function useWalk(places: GraphPlaces, camera: Camera, own: RefObject<HTMLElement | null>): Walk {
  const { selected } = useSession();
  const chosen = useReadable(selected);
  const [focus] = useState<GraphFocus>(() => ({
    entry: createStore<string | undefined>(undefined),
    wanted: { current: undefined },
  }));
  const { entry, wanted } = focus;
  const { follow } = camera;

  useEffect(() => {
    const known = entry.getSnapshot();
    if (known === undefined || !places.steps.has(known)) entry.set(places.shape.order[0]);
  }, [entry, places]);
  useEffect(() => {
    if (chosen === undefined) return;
    entry.set(chosen);
    follow(chosen);
    // What is selected is followed once, and not whenever the camera moves.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [chosen, entry]);

  return useMemo(() => {
    const drawn = (step: string): HTMLElement | null | undefined =>
      own.current?.querySelector<HTMLElement>(`[data-pick="${CSS.escape(step)}"]`);
    return {
      focus,
      press(event) {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        const zoom = { '+': camera.zoomIn, '=': camera.zoomIn, '-': camera.zoomOut, '0': camera.fit }[
          event.key
        ];
        if (zoom !== undefined) {
          event.preventDefault();
          zoom();
          return;
        }
        const from = event.target instanceof HTMLElement ? event.target.dataset['pick'] : undefined;
        if (from === undefined) return;
        const to = walk(places, from, event.key);
        if (to !== undefined || event.key.startsWith('Arrow')) event.preventDefault();
        if (to === undefined) return;
        const button = drawn(to);
        // What is out of sight may not be drawn yet.
        if (button) button.focus({ preventScroll: true });
        else wanted.current = to;
        entry.set(to);
        follow(to);
      },
      settle() {
        const known = entry.getSnapshot();
        if (wanted.current !== undefined || (known !== undefined && drawn(known))) return;
        const first = own.current?.querySelector<HTMLElement>('[data-pick]')?.dataset['pick'];
        if (first !== undefined) entry.set(first);
      },
    };
  }, [places, camera, own, focus, entry, wanted, follow]);
}
