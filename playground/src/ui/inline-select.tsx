import type { ReactElement } from 'react';
import { Button } from 'react-aria-components/Button';
import { ListBox, ListBoxItem } from 'react-aria-components/ListBox';
import { Popover } from 'react-aria-components/Popover';
import { Select, SelectValue } from 'react-aria-components/Select';
import { Text } from 'react-aria-components/Text';
import { cx } from './cx.ts';
import fields from './field.module.css';
import { Icon } from './icon.tsx';
import styles from './inline-select.module.css';

/** One that can be chosen. */
export interface InlineChoice {
  readonly id: string;
  readonly label: string;
  /** A line under it. */
  readonly hint?: string | undefined;
}

/** One of a few, in a line with other controls. */
export function InlineSelect({
  label,
  prefix,
  value,
  choices,
  isDisabled = false,
  onChange,
}: {
  /** For screen readers. */
  readonly label: string;
  /** A word before what is chosen. */
  readonly prefix?: string;
  readonly value: string | undefined;
  readonly choices: readonly InlineChoice[];
  readonly isDisabled?: boolean;
  readonly onChange: (id: string) => void;
}): ReactElement {
  return (
    <Select
      aria-label={label}
      className={cx(styles.select)}
      isDisabled={isDisabled}
      selectedKey={value ?? null}
      onSelectionChange={(key) => {
        if (key !== null) onChange(String(key));
      }}
    >
      {/* Not in the button, whose name begins with what is chosen. */}
      {prefix === undefined ? null : <span className={styles.prefix}>{prefix}</span>}
      <Button className={cx(styles.button)}>
        <SelectValue className={cx(styles.value)}>
          {() => choices.find(({ id }) => id === value)?.label ?? '…'}
        </SelectValue>
        <Icon name="chevronDown" size={14} />
      </Button>
      <Popover className={cx(fields.popover, styles.popover)}>
        <ListBox className={cx(fields.list)}>
          {choices.map(({ id, label: words, hint }) => (
            <ListBoxItem key={id} id={id} textValue={words} className={cx(fields.item)}>
              <Text slot="label">{words}</Text>
              {hint === undefined ? null : (
                <Text slot="description" className={cx(fields.hint)}>
                  {hint}
                </Text>
              )}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </Select>
  );
}
