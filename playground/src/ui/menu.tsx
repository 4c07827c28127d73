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

/** What a list of entries is told. */
export interface MenuEntriesProps {
  /** For screen readers. */
  readonly label: string;
  readonly entries: readonly MenuEntry[];
  readonly heading?: string;
}

/** The entries of a {@link MenuButton}. */
export function MenuEntries({ label, entries, heading }: MenuEntriesProps): ReactElement {
  const items = entries.map(({ id, label: name, hint, icon, isDisabled = false, onAction }) => (
    <AriaMenuItem
      key={id}
      id={id}
      textValue={name}
      isDisabled={isDisabled}
      onAction={onAction}
      className={cx(styles.item)}
    >
      <span className={styles.icon}>{icon === undefined ? null : <Icon name={icon} />}</span>
      <Text slot="label">{name}</Text>
      {hint === undefined ? null : (
        <Text slot="description" className={cx(styles.hint)}>
          {hint}
        </Text>
      )}
    </AriaMenuItem>
  ));
  return (
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
  );
}

/** What a button with a menu is told. */
export interface MenuButtonProps {
  /** The button that opens it. */
  readonly trigger: ReactNode;
  readonly placement?: 'bottom end' | 'bottom start';
}

/** A button with a menu, whose entries are made when it is opened: for menus of which there are hundreds. */
export function MenuButton({
  trigger,
  placement = 'bottom end',
  children,
}: MenuButtonProps & { readonly children: ReactNode }): ReactElement {
  return (
    <MenuTrigger>
      {trigger}
      <Popover placement={placement} className={cx(styles.popover)}>
        {children}
      </Popover>
    </MenuTrigger>
  );
}

/** A button with a menu. */
export function Menu({ trigger, placement, ...list }: MenuButtonProps & MenuEntriesProps): ReactElement {
  return (
    <MenuButton trigger={trigger} {...(placement === undefined ? {} : { placement })}>
      <MenuEntries {...list} />
    </MenuButton>
  );
}
