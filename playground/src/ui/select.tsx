import type { ReactElement } from 'react';
import { Button } from 'react-aria-components/Button';
import { Label } from 'react-aria-components/Label';
import { ListBox, ListBoxItem } from 'react-aria-components/ListBox';
import { Popover } from 'react-aria-components/Popover';
import { Select as AriaSelect, SelectValue } from 'react-aria-components/Select';
import { Text } from 'react-aria-components/Text';
import { cx } from './cx.ts';
import styles from './field.module.css';
import { Icon } from './icon.tsx';

/** One of a few. */
export function Select({
  label,
  hint,
  value,
  choices,
  onChange,
}: {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly value: string | undefined;
  readonly choices: readonly string[];
  readonly onChange: (value: string) => void;
}): ReactElement {
  return (
    <AriaSelect
      className={cx(styles.field)}
      selectedKey={value ?? null}
      onSelectionChange={(key) => {
        if (key !== null) onChange(String(key));
      }}
    >
      <Label className={cx(styles.label)}>{label}</Label>
      <Button className={cx(styles.group, styles.pick)}>
        <SelectValue />
        <Icon name="chevronDown" />
      </Button>
      {hint === undefined ? null : (
        <Text slot="description" className={cx(styles.hint)}>
          {hint}
        </Text>
      )}
      <Popover className={cx(styles.popover)}>
        <ListBox className={cx(styles.list)}>
          {choices.map((choice) => (
            <ListBoxItem key={choice} id={choice} className={cx(styles.item)}>
              {choice}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}
