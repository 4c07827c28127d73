import { Graph, layout } from '@dagrejs/dagre';
import {
  boundsOf,
  stepSize,
  type GraphBox,
  type GraphPlaces,
  type GraphPoint,
  type GraphShape,
} from '../state/graph-shape.ts';

/** Around the steps of a process: room for its name above. */
const margin = { side: 14, top: 34 } as const;
/** Between steps beside one another, between lines, and between a step and the next one of the flow. */
const gaps = {
  right: { beside: 20, lines: 20, ahead: 48 },
  down: { beside: 20, lines: 16, ahead: 60 },
} as const;

/** Where something is, along the flow and across it. */
interface Spot {
  readonly along: number;
  readonly across: number;
}

/**
 * Finds places by layers: a step stands behind all that it is made of, and the steps of a process stand together
 * (https://github.com/dagrejs/dagre/wiki). It takes a while for hundreds of steps.
 */
export function arrange(shape: GraphShape): GraphPlaces {
  const { direction, processes, links } = shape;
  const isRight = direction === 'right';
  const gap = gaps[direction];
  const graph = new Graph({ compound: true });
  graph.setGraph({ rankdir: isRight ? 'LR' : 'TB', nodesep: gap.beside, edgesep: gap.lines });
  for (const { name, steps } of processes) {
    graph.setNode(`process ${name}`, {});
    for (const step of steps) {
      graph.setNode(`step ${step}`, { ...stepSize });
      graph.setParent(`step ${step}`, `process ${name}`);
    }
  }
  for (const { from, to } of links) graph.setEdge(`step ${from}`, `step ${to}`, {});
  layout(graph);

  const spot = ({ x, y }: GraphPoint): Spot => (isRight ? { along: x, across: y } : { along: y, across: x });
  const point = ({ along, across }: Spot): GraphPoint =>
    isRight ? { x: along, y: across } : { x: across, y: along };
  const spots = new Map(
    processes.flatMap(({ steps }) =>
      steps.map((name) => [name, spot(graph.node(`step ${name}`) as GraphPoint)] as const),
    ),
  );
  // The layers stand as near to one another as they can, whatever was left between them for processes.
  const layers = [...new Set([...spots.values()].map(({ along }) => Math.round(along)))].toSorted(
    (a, b) => a - b,
  );
  const layerOf = (name: string): number => layers.indexOf(Math.round(spots.get(name)?.along ?? 0));
  const depth = isRight ? stepSize.width : stepSize.height;
  const beginOf = (layer: number): number => layer * (depth + gap.ahead);

  const steps = new Map<string, GraphBox>();
  for (const [name, { across }] of spots) {
    const breadth = isRight ? stepSize.height : stepSize.width;
    const corner = point({ along: beginOf(layerOf(name)), across: Math.round(across - breadth / 2) });
    steps.set(name, { ...corner, ...stepSize });
  }
  const bendsOf = (from: string, to: string): readonly GraphPoint[] => {
    const { points = [] } = graph.edge(`step ${from}`, `step ${to}`) as { points?: readonly GraphPoint[] };
    const way = points.map(spot);
    const between = layers.map((along, layer) => ({ along, layer })).slice(layerOf(from) + 1, layerOf(to));
    // A line passes the layers between its ends straight, and bends where nothing stands.
    return between.flatMap(({ along, layer }) => {
      const across = Math.round(acrossAt(way, along));
      return [beginOf(layer), beginOf(layer) + depth].map((end) => point({ along: end, across }));
    });
  };
  return {
    shape,
    steps,
    processes: new Map(
      processes.map(({ name, steps: own }) => [name, around(own.flatMap((step) => steps.get(step) ?? []))]),
    ),
    bends: links.map(({ from, to }) => bendsOf(from, to)),
  };
}

/** Where a line is, across the flow, when it has come so far. */
function acrossAt(way: readonly Spot[], along: number): number {
  const after = way.findIndex((spot) => spot.along >= along);
  const [one, other] = [way[after - 1] ?? way.at(-1), way[after] ?? way.at(-1)];
  if (one === undefined || other === undefined) return 0;
  const length = other.along - one.along;
  return length === 0
    ? other.across
    : one.across + ((other.across - one.across) * (along - one.along)) / length;
}

function around(boxes: readonly GraphBox[]): GraphBox {
  const { x, y, width, height } = boundsOf(boxes);
  return {
    x: x - margin.side,
    y: y - margin.top,
    width: width + 2 * margin.side,
    height: height + margin.side + margin.top,
  };
}
