import './react-flow.css';
import { ReactFlowProvider } from '@xyflow/react';
import { useRef, type ReactElement, type RefObject } from 'react';
import { useSession } from '../../hooks/app-context.ts';
import { useReadable } from '../../hooks/use-readable.ts';
import { lastDefined } from '../../state/definition.ts';
import { Empty, Loading } from '../../ui/empty.tsx';
import styles from './graph-panel.module.css';
import { GraphView } from './graph-view.tsx';
import { usePlaces } from './use-places.ts';

/** The pipeline as a graph: its steps, what they are made of, and how each stands. */
export function GraphPanel(): ReactElement {
  const own = useRef<HTMLDivElement>(null);
  return (
    <div ref={own} className={styles.panel}>
      <Content room={own} />
    </div>
  );
}

function Content({ room }: { readonly room: RefObject<HTMLDivElement | null> }): ReactElement {
  const { definition } = useSession();
  const state = useReadable(definition);
  const plan = lastDefined(state)?.plan;
  const { places, error } = usePlaces(plan, room);
  if (plan === undefined) {
    return state.status === 'invalid' ? (
      <Empty title="No graph yet">The text is no pipeline yet: what is wrong is told beside it.</Empty>
    ) : (
      <Loading what="Reading the pipeline ..." />
    );
  }
  if (plan.steps.length === 0) {
    return (
      <Empty title="No steps yet">A step in the text is a box here, and its inputs are lines to it.</Empty>
    );
  }
  if (places === undefined) {
    return error === undefined ? (
      <Loading what="Arranging the steps ..." />
    ) : (
      <Empty title="The graph could not be arranged">{error}</Empty>
    );
  }
  return (
    <ReactFlowProvider>
      <GraphView places={places} isOutdated={state.status === 'invalid'} />
    </ReactFlowProvider>
  );
}
