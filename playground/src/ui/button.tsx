import type { ReactElement, ReactNode } from 'react';
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components/Button';
import styles from './button.module.css';
import { cx } from './cx.ts';
import { Icon, type IconName } from './icon.tsx';

/** What a button is told besides what the kit's takes. */
export interface ButtonProps extends Omit<AriaButtonProps, 'className' | 'children' | 'style'> {
  /** `primary` once on a screen at most. @default 'plain' */
  readonly look?: 'primary' | 'plain' | 'quiet' | 'danger';
  readonly icon?: IconName;
  /** Words; with none, give `aria-label`. */
  readonly children?: ReactNode;
  readonly className?: string | undefined;
}

/** What can be pressed. */
export function Button({ look = 'plain', icon, children, className, ...props }: ButtonProps): ReactElement {
  const isBare = children === undefined || children === null;
  return (
    <AriaButton {...props} className={cx(styles.button, styles[look], isBare && styles.bare, className)}>
      {icon === undefined ? null : <Icon name={icon} />}
      {children}
    </AriaButton>
  );
}
