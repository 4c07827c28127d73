import { MiniMap, Panel, ReactFlow, useStore } from '@xyflow/react';
import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import { useSession } from '../../hooks/app-context.ts';
import { useMedia } from '../../hooks/use-media.ts';
import { useReadable } from '../../hooks/use-readable.ts';
import type { GraphPlaces } from '../../state/graph-shape.ts';
import { walk } from '../../state/graph-walk.ts';
import { createStore } from '../../state/store.ts';
import { Badge } from '../../ui/badge.tsx';
import { flowElements } from './flow-elements.ts';
import { EntryContext } from './graph-context.ts';
import { GraphControls } from './graph-controls.tsx';
import styles from './graph-panel.module.css';
import { MapNode } from './map-node.tsx';
import { ProcessNode } from './process-node.tsx';
import { StepEdge } from './step-edge.tsx';
import { StepNode } from './step-node.tsx';
import { useCamera, zoomRange } from './use-camera.ts';

const nodeTypes = { step: StepNode, process: ProcessNode };
const edgeTypes = { step: StepEdge };
/** From so many steps on one may get lost. */
const large = 40;
/** What can be read at a zoom: everything, less in larger letters, or only names. */
const sightAt = (zoom: number): 'near' | 'middle' | 'far' =>
  zoom >= 0.72 ? 'near' : zoom >= 0.42 ? 'middle' : 'far';

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
  const { selected } = useSession();
  const chosen = useReadable(selected);
  const camera = useCamera(places);
  const { nodes, edges } = useMemo(() => flowElements(places), [places]);
  const sight = useStore(({ transform: [, , zoom] }) => sightAt(zoom));
  const isRoomy = useMedia('(min-width: 56rem)');
  const [entry] = useState(() => createStore<string | undefined>(undefined));
  useEffect(() => {
    const known = entry.getSnapshot();
    if (known === undefined || !places.steps.has(known)) entry.set(places.shape.order[0]);
  }, [entry, places]);

  const { follow } = camera;
  useEffect(() => {
    if (chosen === undefined) return;
    entry.set(chosen);
    follow(chosen);
    // What is selected is followed once, and not whenever the camera moves.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [chosen, entry]);

  const press = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const zoom = { '+': camera.zoomIn, '=': camera.zoomIn, '-': camera.zoomOut, '0': camera.fit }[event.key];
    if (zoom !== undefined) {
      event.preventDefault();
      zoom();
      return;
    }
    const from = event.target instanceof HTMLElement ? event.target.dataset['pick'] : undefined;
    const to = from === undefined ? undefined : walk(places, from, event.key);
    if (from !== undefined && (event.key.startsWith('Arrow') || to !== undefined)) event.preventDefault();
    if (to === undefined) return;
    own.current
      ?.querySelector<HTMLElement>(`[data-pick="${CSS.escape(to)}"]`)
      ?.focus({ preventScroll: true });
    follow(to);
  };

  return (
    <EntryContext value={entry}>
      <div
        ref={own}
        className={styles.graph}
        data-sight={sight}
        data-outdated={isOutdated || undefined}
        data-ready={camera.isReady || undefined}
        onKeyDown={press}
      >
        <ReactFlow
          aria-label="Graph of the steps"
          aria-description="Arrow keys walk along the lines, Enter selects a step, plus and minus zoom, 0 shows all."
          nodes={nodes}
          edges={edges}
          nodeTypes={nodeTypes}
          edgeTypes={edgeTypes}
          minZoom={zoomRange.least}
          maxZoom={zoomRange.most}
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
        >
          {isOutdated ? (
            <Panel position="top-center" className={styles.note}>
              <Badge tone="warned">The last text that was a pipeline</Badge>
            </Panel>
          ) : null}
          {nodes.length > large && isRoomy ? (
            <MiniMap
              className={styles.map ?? ''}
              ariaLabel="Map of the graph"
              nodeComponent={MapNode}
              pannable
              zoomable
            />
          ) : null}
          <GraphControls camera={camera} />
        </ReactFlow>
      </div>
    </EntryContext>
  );
}
