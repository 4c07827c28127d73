import type { ReactElement, ReactNode } from 'react';
import { Logo } from '../ui/logo.tsx';
import styles from './header.module.css';
import { OfflineButton } from './offline-button.tsx';
import { StorageNotice } from './storage-notice.tsx';
import { ThemeMenu } from './theme-menu.tsx';

/** The bar above everything: where one is, and what can be done there. */
export function Header({
  title,
  children,
}: {
  /** Of the project; none at the start. */
  readonly title?: string | undefined;
  readonly children?: ReactNode;
}): ReactElement {
  return (
    <>
      <header className={styles.header}>
        <a
          className={styles.home}
          href="#/"
          aria-label={title === undefined ? 'Cairn playground' : 'Cairn: all examples'}
        >
          <Logo size={22} />
          <span className={styles.name}>Cairn</span>
        </a>
        {title === undefined ? null : <h1 className={styles.title}>{title}</h1>}
        <div className={styles.rest} data-in-project={title !== undefined || undefined}>
          {children}
          <span className={styles.offline}>
            <OfflineButton />
          </span>
          <ThemeMenu />
        </div>
      </header>
      <StorageNotice />
    </>
  );
}
