import type { NodeProps } from '@xyflow/react';
import { memo, type ReactElement } from 'react';
import type { ProcessFlowNode } from './flow-elements.ts';
import styles from './graph-panel.module.css';

/** The ground of a process, with its name. */
export const ProcessNode = memo(function ProcessNode({
  data: { name },
}: NodeProps<ProcessFlowNode>): ReactElement {
  return (
    <div className={styles.process}>
      <span className={styles.processName} title={name}>
        {name}
      </span>
    </div>
  );
});
