import type { ErrorFacts } from '@cairn/core';
import type { ReactElement, ReactNode } from 'react';
import styles from './error-box.module.css';
import { Icon } from './icon.tsx';

/** An error as Cairn tells it: what happened, its code, and what brought it about. */
export function ErrorBox({
  error,
  title,
  action,
}: {
  readonly error: ErrorFacts;
  /** What could not be done. @default the first line of the message */
  readonly title?: string;
  /** What can be done about it. */
  readonly action?: ReactNode;
}): ReactElement {
  const [first = '', ...rest] = error.message.split('\n');
  const causes = causesOf(error);
  return (
    <div className={styles.box} role="alert">
      <Icon name="warning" />
      <div className={styles.words}>
        <p className={styles.title}>{title ?? first}</p>
        {title === undefined ? null : <p>{first}</p>}
        {rest.length === 0 ? null : <pre className={styles.more}>{rest.join('\n')}</pre>}
        {causes.map((message) => (
          <p key={message} className={styles.cause}>
            {message}
          </p>
        ))}
        <div className={styles.foot}>
          {error.code === undefined ? null : <code className={styles.code}>{error.code}</code>}
          {action}
        </div>
      </div>
    </div>
  );
}

/** What causes say that was not said before. */
function causesOf({ message, cause }: ErrorFacts, told: readonly string[] = []): readonly string[] {
  if (cause === undefined) return told;
  const [first = ''] = cause.message.split('\n');
  const isNew = ![message, ...told].some((one) => one.includes(first));
  return causesOf(cause, isNew ? [...told, cause.message] : told);
}
