import type { ReactElement } from 'react';
import type { Tone } from './badge.tsx';
import { Icon, type IconName } from './icon.tsx';
import styles from './step-mark.module.css';

/** What a status is called, in which colour and with which sign: never told by colour alone. */
export interface StatusLook {
  readonly label: string;
  readonly tone: Tone;
  readonly icon: IconName;
}

const looks = {
  waiting: { label: 'Waiting', tone: 'idle', icon: 'circle' },
  running: { label: 'Running', tone: 'running', icon: 'dot' },
  retrying: { label: 'Trying again', tone: 'warned', icon: 'reset' },
  complete: { label: 'Computed', tone: 'done', icon: 'check' },
  reused: { label: 'Reused', tone: 'reused', icon: 'reuse' },
  stored: { label: 'Stored', tone: 'reused', icon: 'storage' },
  skipped: { label: 'Skipped', tone: 'idle', icon: 'skip' },
  failed: { label: 'Failed', tone: 'failed', icon: 'cross' },
  canceled: { label: 'Canceled', tone: 'idle', icon: 'stop' },
  new: { label: 'Not run yet', tone: 'idle', icon: 'circle' },
} as const satisfies Record<string, StatusLook>;

/** The statuses that have a look. */
export type MarkedStatus = keyof typeof looks;

/** How a step's status looks, everywhere in the app. */
export function statusLook(status: MarkedStatus): StatusLook {
  return looks[status];
}

/** A step's status as a sign. The words beside it say the same. */
export function StepMark({ status }: { readonly status: MarkedStatus }): ReactElement {
  const { tone, icon } = looks[status];
  return (
    <span className={styles.mark} data-tone={tone} data-status={status}>
      <Icon name={icon} size={14} />
    </span>
  );
}
