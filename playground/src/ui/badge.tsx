import type { ReactElement, ReactNode } from 'react';
import styles from './badge.module.css';

/** What a colour stands for, everywhere in the app. */
export type Tone = 'done' | 'reused' | 'running' | 'failed' | 'warned' | 'idle';

/** A word on a ground of its tone. */
export function Badge({
  tone,
  children,
}: {
  readonly tone: Tone;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <span className={styles.badge} data-tone={tone}>
      {children}
    </span>
  );
}
