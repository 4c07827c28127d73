import { Position, type Edge, type Node } from '@xyflow/react';
import {
  stepSize,
  type GraphBox,
  type GraphLink,
  type GraphPlaces,
  type GraphPoint,
} from '../../state/graph-shape.ts';

export type StepFlowNode = Node<{ readonly name: string }, 'step'>;
export type ProcessFlowNode = Node<{ readonly name: string }, 'process'>;
export type StepFlowEdge = Edge<
  { readonly bends: readonly GraphPoint[]; readonly kind: GraphLink['kind'] },
  'step'
>;

/** What React Flow draws. Nothing in it depends on how steps stand, so that it stays the same for a whole run. */
export interface FlowElements {
  readonly nodes: (StepFlowNode | ProcessFlowNode)[];
  readonly edges: StepFlowEdge[];
}

/** Where lines end and begin at a step. */
type Ends = Required<Pick<StepFlowNode, 'targetPosition' | 'sourcePosition' | 'handles'>>;

const across: Ends = endsAt(Position.Left, Position.Right);
const down: Ends = endsAt(Position.Top, Position.Bottom);

/** Places as React Flow takes them. Sizes are known, so it measures nothing. */
export function flowElements({ shape, steps, processes, bends }: GraphPlaces): FlowElements {
  const ends = shape.direction === 'right' ? across : down;
  const nodes = [
    ...[...processes].map(([name, box]) => processNode(name, box)),
    ...[...steps].map(([name, box]) => stepNode(name, box, ends)),
  ];
  const edges = shape.links.map(({ from, to, kind }, at): StepFlowEdge => ({
    id: `${from} ${to}`,
    type: 'step',
    source: from,
    target: to,
    ariaLabel: `${to} ${kind === 'data' ? 'is made of' : 'waits for'} ${from}`,
    data: { bends: bends[at] ?? [], kind },
  }));
  return { nodes, edges };
}

function processNode(name: string, box: GraphBox): ProcessFlowNode {
  return { id: `process ${name}`, type: 'process', data: { name }, zIndex: -1, ...placed(box) };
}

function stepNode(name: string, box: GraphBox, ends: Ends): StepFlowNode {
  return { id: name, type: 'step', data: { name }, ...ends, ...placed(box) };
}

function placed({ x, y, width, height }: GraphBox) {
  return {
    position: { x, y },
    width,
    height,
    measured: { width, height },
    // The button inside says what it is.
    domAttributes: { 'aria-roledescription': undefined, 'aria-describedby': undefined },
  };
}

/** They are known beforehand, so that what is out of sight need not be drawn to be measured. */
function endsAt(targetPosition: Position, sourcePosition: Position): Ends {
  const { width, height } = stepSize;
  const places = {
    [Position.Left]: { x: 0, y: height / 2 },
    [Position.Right]: { x: width, y: height / 2 },
    [Position.Top]: { x: width / 2, y: 0 },
    [Position.Bottom]: { x: width / 2, y: height },
  };
  const end = (type: 'source' | 'target', position: Position) => ({
    type,
    position,
    width: 0,
    height: 0,
    ...places[position],
  });
  return {
    targetPosition,
    sourcePosition,
    handles: [end('target', targetPosition), end('source', sourcePosition)],
  };
}
