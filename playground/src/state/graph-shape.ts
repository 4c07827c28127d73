import type { Plan } from '@cairn/core';

/** Where steps lead to: to the right where there is room, down on a narrow screen. */
export type GraphDirection = 'right' | 'down';

/** Two steps, one of which is made of the other, or only waits for it. */
export interface GraphLink {
  readonly from: string;
  readonly to: string;
  readonly kind: 'data' | 'order';
}

/** What a pipeline's drawing depends on: nothing of how its steps stand. */
export interface GraphShape {
  readonly direction: GraphDirection;
  /** In the order of listing; those without steps are left out. */
  readonly processes: readonly { readonly name: string; readonly steps: readonly string[] }[];
  /** The names of the steps, in topological order. */
  readonly order: readonly string[];
  readonly links: readonly GraphLink[];
}

/** Width and height of a step, in pixels at a zoom of 1. */
export const stepSize = { width: 208, height: 80 } as const;

/** Left upper corner and size, in pixels at a zoom of 1. */
export interface GraphBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A point, in pixels at a zoom of 1. */
export interface GraphPoint {
  readonly x: number;
  readonly y: number;
}

/** Where everything of a shape is drawn. */
export interface GraphPlaces {
  readonly shape: GraphShape;
  readonly steps: ReadonlyMap<string, GraphBox>;
  readonly processes: ReadonlyMap<string, GraphBox>;
  /** For each link of the shape, the points that it passes between its ends. */
  readonly bends: readonly (readonly GraphPoint[])[];
}

/** Finds places, away from the thread that draws. */
export interface GraphLayout {
  arrange(shape: GraphShape): Promise<GraphPlaces>;
}

/** The least box around others. */
export function boundsOf(boxes: readonly GraphBox[]): GraphBox {
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  return {
    x,
    y,
    width: Math.max(...boxes.map((box) => box.x + box.width)) - x,
    height: Math.max(...boxes.map((box) => box.y + box.height)) - y,
  };
}

/** The one of several drawings that is seen largest in a room; the first, unless another is much better. */
export function bestOf(
  drawings: readonly GraphPlaces[],
  room: Pick<GraphBox, 'width' | 'height'>,
): GraphPlaces | undefined {
  const zoomOf = ({ processes }: GraphPlaces): number => {
    const { width, height } = boundsOf([...processes.values()]);
    return Math.min(1, room.width / width, room.height / height);
  };
  return drawings.reduce<GraphPlaces | undefined>(
    (best, one) => (best === undefined || zoomOf(one) > 1.2 * zoomOf(best) ? one : best),
    undefined,
  );
}

/** The shape of a pipeline. */
export function shapeOf({ processes, steps }: Plan, direction: GraphDirection): GraphShape {
  return {
    direction,
    processes: processes
      .filter((process) => process.steps.length > 0)
      .map((process) => ({ name: process.name, steps: process.steps })),
    order: steps.map(({ name }) => name),
    links: steps.flatMap(({ name: to, inputs, after }) => [
      ...inputs.map((from) => ({ from, to, kind: 'data' as const })),
      ...after.filter((from) => !inputs.includes(from)).map((from) => ({ from, to, kind: 'order' as const })),
    ]),
  };
}

/** Tells shapes apart: two of the same are drawn alike. */
export function keyOf(shape: GraphShape): string {
  return JSON.stringify(shape);
}
