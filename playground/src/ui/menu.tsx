import type { ReactElement, ReactNode } from 'react';
import { Header } from 'react-aria-components/Header';
import {
  Menu as AriaMenu,
  MenuItem as AriaMenuItem,
  MenuSection,
  MenuTrigger,
} from 'react-aria-components/Menu';
import { Popover } from 'react-aria-components/Popover';
import { Text } from 'react-aria-components/Text';
import { Icon, type IconName } from './icon.tsx';
import { cx } from './cx.ts';
import styles from './menu.module.css';

/** One thing that a menu offers. */
export interface MenuEntry {
  readonly id: string;
  readonly label: string;
  /** A line under it, where the words alone may not say enough. */
  readonly hint?: string;
  readonly icon?: IconName;
  readonly isDisabled?: boolean;
  readonly onAction: () => void;
}

/** What a menu is told. */
export interface MenuProps {
  /** For screen readers. */
  readonly label: string;
  /** The button that opens it. */
  readonly trigger: ReactNode;
  readonly entries: readonly MenuEntry[];
  readonly heading?: string;
  readonly placement?: 'bottom end' | 'bottom start';
}

/** A button with a menu. */
export function Menu({
  label,
  trigger,
  entries,
  heading,
  placement = 'bottom end',
}: MenuProps): ReactElement {
  const items = entries.map(({ id, label, hint, icon, isDisabled = false, onAction }) => (
    <AriaMenuItem
      key={id}
      id={id}
      textValue={label}
      isDisabled={isDisabled}
      onAction={onAction}
      className={cx(styles.item)}
    >
      <span className={styles.icon}>{icon === undefined ? null : <Icon name={icon} />}</span>
      <Text slot="label">{label}</Text>
      {hint === undefined ? null : (
        <Text slot="description" className={cx(styles.hint)}>
          {hint}
        </Text>
      )}
    </AriaMenuItem>
  ));
  return (
    <MenuTrigger>
      {trigger}
      <Popover placement={placement} className={cx(styles.popover)}>
        <AriaMenu aria-label={label} className={cx(styles.menu)}>
          {heading === undefined ? (
            items
          ) : (
            <MenuSection>
              <Header className={cx(styles.heading)}>{heading}</Header>
              {items}
            </MenuSection>
          )}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}
