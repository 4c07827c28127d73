import { Position, type EdgeProps } from '@xyflow/react';
import { memo, type ReactElement } from 'react';
import { useSession } from '../../hooks/app-context.ts';
import { usePart } from '../../hooks/use-readable.ts';
import type { GraphPoint } from '../../state/graph-shape.ts';
import type { StepFlowEdge } from './flow-elements.ts';
import styles from './step-edge.module.css';

/** A line from a step to what is made of it. Something flows along it while that is being made. */
export const StepEdge = memo(function StepEdge({
  source,
  target,
  sourceX,
  sourceY,
  targetX,
  targetY,
  targetPosition,
  data,
}: EdgeProps<StepFlowEdge>): ReactElement {
  const { steps, selected } = useSession();
  const flow = usePart(steps, (all) => {
    const status = all?.byName.get(target)?.status;
    if (status === 'running' || status === 'retrying') return 'flowing';
    return status === 'reused' || status === 'stored' ? 'reused' : undefined;
  });
  const isNear = usePart(selected, (step) => step === source || step === target);
  const d = pathThrough(
    [{ x: sourceX, y: sourceY }, ...(data?.bends ?? []), { x: targetX, y: targetY }],
    targetPosition === Position.Left,
  );
  return (
    <g className={styles.edge} data-flow={flow} data-kind={data?.kind} data-near={isNear || undefined}>
      <path className={styles.line} d={d} />
      {flow === 'flowing' && data?.kind === 'data' ? <path className={styles.drops} d={d} /> : null}
    </g>
  );
});

/** A smooth line that leaves and meets every point in the direction of the flow. */
function pathThrough(points: readonly GraphPoint[], isRight: boolean): string {
  return points
    .map(({ x, y }, at) => {
      const before = points[at - 1];
      if (before === undefined) return `M${x} ${y}`;
      const [middleX, middleY] = [(before.x + x) / 2, (before.y + y) / 2];
      return isRight
        ? `C${middleX} ${before.y} ${middleX} ${y} ${x} ${y}`
        : `C${before.x} ${middleY} ${x} ${middleY} ${x} ${y}`;
    })
    .join('');
}
