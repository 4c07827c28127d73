import type { ReactElement, ReactNode } from 'react';
import { Dialog } from 'react-aria-components/Dialog';
import { Heading } from 'react-aria-components/Heading';
import { Modal as AriaModal, ModalOverlay } from 'react-aria-components/Modal';
import { cx } from './cx.ts';
import styles from './modal.module.css';

/** A dialog before everything else, until it is closed. */
export function Modal({
  title,
  isOpen,
  size = 'small',
  onClose,
  children,
  footer,
}: {
  readonly title: string;
  readonly isOpen: boolean;
  readonly size?: 'small' | 'large';
  /** Escape, and what the dialog offers itself. */
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** The buttons at its end. */
  readonly footer: ReactNode;
}): ReactElement {
  return (
    <ModalOverlay
      className={cx(styles.overlay)}
      isOpen={isOpen}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <AriaModal className={cx(styles.modal)} data-size={size}>
        <Dialog className={cx(styles.dialog)}>
          <Heading slot="title" level={2} className={cx(styles.title)}>
            {title}
          </Heading>
          <div className={styles.body}>{children}</div>
          <div className={styles.footer}>{footer}</div>
        </Dialog>
      </AriaModal>
    </ModalOverlay>
  );
}
