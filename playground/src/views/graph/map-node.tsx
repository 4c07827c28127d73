import type { MiniMapNodeProps } from '@xyflow/react';
import { memo, type ReactElement } from 'react';
import { useStep } from '../../hooks/use-steps.ts';
import { statusLook } from '../../ui/step-mark.tsx';
import styles from './graph-panel.module.css';

/** A step on the map, in the colour of its status; a process is its ground. */
export const MapNode = memo(function MapNode({ id, x, y, width, height }: MiniMapNodeProps): ReactElement {
  const step = useStep(id);
  return (
    <rect
      className={styles.mapNode}
      data-tone={step === undefined ? undefined : statusLook(step.status).tone}
      x={x}
      y={y}
      width={width}
      height={height}
      rx={12}
    />
  );
});
