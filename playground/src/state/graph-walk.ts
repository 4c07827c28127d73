import type { GraphBox, GraphPlaces } from './graph-shape.ts';

/** What a key asks for: along an edge, beside, or to an end. */
const moves: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowRight: [1, 0],
  ArrowLeft: [-1, 0],
  ArrowDown: [0, 1],
  ArrowUp: [0, -1],
};

/**
 * The step to which a key leads from another one: with the flow and against it along edges, across it to the nearest
 * beside; Home and End to the first and the last. Undefined where there is none, or for another key.
 */
export function walk(places: GraphPlaces, from: string, key: string): string | undefined {
  const { order, links, direction } = places.shape;
  if (key === 'Home') return order[0];
  if (key === 'End') return order.at(-1);
  const move = moves[key];
  if (move === undefined) return undefined;
  const [x, y] = move;
  const along = direction === 'right' ? x : y;
  if (along > 0)
    return nearest(
      places,
      from,
      neighbours(
        links.map(({ from: one, to }) => [one, to]),
        from,
      ),
    );
  if (along < 0)
    return nearest(
      places,
      from,
      neighbours(
        links.map(({ from: one, to }) => [to, one]),
        from,
      ),
    );
  const own = places.steps.get(from);
  if (own === undefined) return undefined;
  const [across, ahead] = direction === 'right' ? (['y', 'x'] as const) : (['x', 'y'] as const);
  const sign = x + y;
  const beside = order.filter((name) => {
    const box = places.steps.get(name);
    return box !== undefined && (box[across] - own[across]) * sign > 0;
  });
  // What stands in the same row of the flow comes before what is nearer otherwise.
  return least(beside, (name) => {
    const box = places.steps.get(name) ?? own;
    return Math.abs(box[across] - own[across]) + 4 * Math.abs(box[ahead] - own[ahead]);
  });
}

function neighbours(pairs: readonly (readonly [string, string])[], from: string): readonly string[] {
  return pairs.flatMap(([one, other]) => (one === from ? [other] : []));
}

function nearest({ steps }: GraphPlaces, from: string, names: readonly string[]): string | undefined {
  const own = steps.get(from);
  if (own === undefined) return undefined;
  return least(names, (name) => distance(steps.get(name) ?? own, own));
}

function distance(one: GraphBox, other: GraphBox): number {
  return Math.hypot(one.x - other.x, one.y - other.y);
}

function least(names: readonly string[], measure: (name: string) => number): string | undefined {
  return names.toSorted((one, other) => measure(one) - measure(other))[0];
}
