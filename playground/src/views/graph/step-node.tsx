import { Handle, NodeToolbar, Position, type NodeProps } from '@xyflow/react';
import { memo, useState, type ReactElement } from 'react';
import { useSession } from '../../hooks/app-context.ts';
import { usePart } from '../../hooks/use-readable.ts';
import { useStep } from '../../hooks/use-steps.ts';
import type { StepFacts } from '../../state/step-facts.ts';
import { Badge } from '../../ui/badge.tsx';
import { formatAmount, formatBytes, formatDuration } from '../../ui/formats.ts';
import { Icon, type IconName } from '../../ui/icon.tsx';
import { Progress } from '../../ui/progress.tsx';
import { statusLook, StepMark } from '../../ui/step-mark.tsx';
import type { StepFlowNode } from './flow-elements.ts';
import { useGraphFocus } from './graph-context.ts';
import { StepMenu } from '../parts/step-menu.tsx';
import styles from './step-node.module.css';

/** A step in the graph. It is drawn again for what is new of it, and for nothing else. */
export const StepNode = memo(function StepNode({
  data: { name },
  targetPosition = Position.Left,
  sourcePosition = Position.Right,
}: NodeProps<StepFlowNode>): ReactElement {
  const { selected, select } = useSession();
  const { entry, wanted } = useGraphFocus();
  const isSelected = usePart(selected, (step) => step === name);
  const isEntry = usePart(entry, (step) => step === name);
  const step = useStep(name);
  const [isHovered, hover] = useState(false);
  const status = step?.status ?? 'new';
  return (
    <div
      className={styles.card}
      data-step={name}
      data-status={status}
      data-tone={statusLook(status).tone}
      data-selected={isSelected || undefined}
      onPointerEnter={() => hover(true)}
      onPointerLeave={() => hover(false)}
    >
      <button
        ref={(own) => {
          if (own === null || wanted.current !== name) return;
          wanted.current = undefined;
          own.focus({ preventScroll: true });
        }}
        type="button"
        className={styles.pick}
        data-pick={name}
        tabIndex={isEntry ? 0 : -1}
        aria-pressed={isSelected}
        onFocus={() => entry.set(name)}
        onClick={() => select(name)}
      >
        <StepMark status={status} />
        <span className={styles.name} title={name}>
          {name}
        </span>
        {step === undefined ? null : <StepLines step={step} />}
      </button>
      {status === 'running' && step?.total !== undefined ? (
        <span className={styles.progress}>
          <Progress label={`Progress of ${name}`} value={(step.done ?? 0) / step.total} />
        </span>
      ) : null}
      {isSelected || isHovered ? (
        <NodeToolbar isVisible position={Position.Top} align="end" offset={-10} className={styles.menu ?? ''}>
          <StepMenu step={name} />
        </NodeToolbar>
      ) : null}
      <Handle type="target" position={targetPosition} isConnectable={false} className={styles.end ?? ''} />
      <Handle type="source" position={sourcePosition} isConnectable={false} className={styles.end ?? ''} />
    </div>
  );
});

function StepLines({ step }: { readonly step: StepFacts }): ReactElement {
  const { kind, status, next, error, rows, bytes, durationMs } = step;
  const { label, tone } = statusLook(status);
  const ahead = status === 'new' ? undefined : next?.decision;
  if (error !== undefined)
    return (
      <span className={styles.error} title={error.message}>
        {label}: {messageOf(error.message)}
      </span>
    );
  return (
    <>
      <span className={styles.line} data-ahead={ahead}>
        <span className={styles.kind}>
          <Icon name={kindIcons[kind] ?? 'table'} size={14} />
          <span className={styles.word}>{kindWords[kind] ?? kind}</span>
        </span>
        <span className={styles.status} data-tone={tone}>
          {label}
        </span>
        {ahead === undefined ? null : (
          <Badge tone={ahead === 'blocked' ? 'failed' : 'warned'}>{nextWords[ahead]}</Badge>
        )}
      </span>
      <span className={styles.numbers}>
        {rows === undefined ? null : <span>{formatAmount(rows, 'row')}</span>}
        {bytes === undefined ? null : <span>{formatBytes(bytes)}</span>}
        {durationMs === undefined ? null : <span>{formatDuration(durationMs)}</span>}
      </span>
    </>
  );
}

const kindIcons: Readonly<Record<string, IconName>> = {
  source: 'file',
  sql: 'table',
  transform: 'bolt',
  fanIn: 'merge',
  sink: 'upload',
  effect: 'external',
};

const kindWords: Readonly<Record<string, string>> = {
  source: 'Source',
  sql: 'SQL',
  transform: 'Transform',
  fanIn: 'Union',
  sink: 'Sink',
  effect: 'Effect',
};

const nextWords = { run: 'would run', unknown: 'may run', blocked: 'blocked' } as const;

/** The first line, without the step and the pipeline, which the card names, and without what goes for all of a kind. */
function messageOf(message: string): string {
  return message.replace(/^Step '[^']*' of pipeline '[^']*': (?:The SQL failed: )?/, '').split('\n')[0] ?? '';
}
