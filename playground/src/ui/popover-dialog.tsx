import type { ReactElement, ReactNode } from 'react';
import { Dialog, DialogTrigger } from 'react-aria-components/Dialog';
import { Popover } from 'react-aria-components/Popover';
import { cx } from './cx.ts';
import styles from './popover-dialog.module.css';

/** A button that opens a small dialog beside it. */
export function PopoverDialog({
  label,
  trigger,
  children,
  onOpenChange,
}: {
  readonly label: string;
  /** The button that opens it. */
  readonly trigger: ReactNode;
  readonly children: ReactNode;
  readonly onOpenChange?: (isOpen: boolean) => void;
}): ReactElement {
  return (
    <DialogTrigger {...(onOpenChange === undefined ? {} : { onOpenChange })}>
      {trigger}
      <Popover placement="bottom end" className={cx(styles.popover)}>
        <Dialog aria-label={label} className={cx(styles.dialog)}>
          {children}
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

/** The buttons at the end of a dialog. */
export function DialogActions({ children }: { readonly children: ReactNode }): ReactElement {
  return <div className={styles.actions}>{children}</div>;
}
