import { MiniMap, Panel, ReactFlow, useStore } from '@xyflow/react';
import { useMemo, useRef, type ReactElement } from 'react';
import { useMedia } from '../../hooks/use-media.ts';
import type { GraphPlaces } from '../../state/graph-shape.ts';
import { Badge } from '../../ui/badge.tsx';
import { flowElements } from './flow-elements.ts';
import { GraphFocusContext } from './graph-context.ts';
import { GraphControls } from './graph-controls.tsx';
import styles from './graph-panel.module.css';
import { MapNode } from './map-node.tsx';
import { ProcessNode } from './process-node.tsx';
import { StepEdge } from './step-edge.tsx';
import { StepNode } from './step-node.tsx';
import { useCamera, zoomRange } from './use-camera.ts';
import { useWalk } from './use-walk.ts';

const nodeTypes = { step: StepNode, process: ProcessNode };
const edgeTypes = { step: StepEdge };
/** Above so many steps one may get lost, and what is out of sight is not drawn. */
const large = 40;
/** What can be seen down to a zoom: everything, less in larger letters, only names; below, only how steps stand. */
const sights = { near: 0.72, middle: 0.42, far: 0.24 } as const;

/** A graph that has its places. */
export function GraphView({
  places,
  isOutdated,
}: {
  readonly places: GraphPlaces;
  /** Whether the text has changed since, and is no pipeline now. */
  readonly isOutdated: boolean;
}): ReactElement {
  const own = useRef<HTMLDivElement>(null);
  const camera = useCamera(places);
  const { focus, press, settle } = useWalk(places, camera, own);
  const { nodes, edges } = useMemo(() => flowElements(places), [places]);
  const sight = useStore(({ transform: [, , zoom] }) => {
    if (zoom >= sights.near) return 'near';
    if (zoom >= sights.middle) return 'middle';
    return zoom >= sights.far ? 'far' : 'map';
  });
  const isRoomy = useMedia('(min-width: 56rem)');
  const isLarge = places.steps.size > large;
  return (
    <GraphFocusContext value={focus}>
      <div
        ref={own}
        className={styles.graph}
        data-sight={sight}
        data-outdated={isOutdated || undefined}
        data-ready={camera.isReady || undefined}
        onKeyDown={press}
      >
        <GraphControls camera={camera} />
        <ReactFlow
          aria-label="Graph of the steps"
          aria-description="Arrow keys walk along the lines, Enter selects a step, plus and minus zoom, 0 shows all."
          nodes={nodes}
          edges={edges}
          nodeTypes={nodeTypes}
          edgeTypes={edgeTypes}
          minZoom={zoomRange.least}
          maxZoom={zoomRange.most}
          onlyRenderVisibleElements={isLarge}
          nodesDraggable={false}
          nodesConnectable={false}
          nodesFocusable={false}
          edgesFocusable={false}
          elementsSelectable={false}
          zoomOnDoubleClick={false}
          disableKeyboardA11y
          deleteKeyCode={null}
          selectionKeyCode={null}
          multiSelectionKeyCode={null}
          panActivationKeyCode={null}
          attributionPosition="bottom-left"
          onMoveStart={(event) => {
            // Without an event it was moved from here.
            if (event !== null) camera.release();
          }}
          onMoveEnd={settle}
        >
          {isOutdated ? (
            <Panel position="top-left" className={styles.note}>
              <Badge tone="warned">The last text that was a pipeline</Badge>
            </Panel>
          ) : null}
          {isLarge && isRoomy ? (
            <MiniMap
              className={styles.map ?? ''}
              ariaLabel="Map of the graph"
              nodeComponent={MapNode}
              pannable
              zoomable
            />
          ) : null}
        </ReactFlow>
      </div>
    </GraphFocusContext>
  );
}
