import type { ReactElement } from 'react';
import { Button } from 'react-aria-components/Button';
import { Group } from 'react-aria-components/Group';
import { Input } from 'react-aria-components/Input';
import { Label } from 'react-aria-components/Label';
import { NumberField as AriaNumberField } from 'react-aria-components/NumberField';
import { Text } from 'react-aria-components/Text';
import { cx } from './cx.ts';
import styles from './field.module.css';

/** A number that is typed, or stepped up and down. */
export function NumberField({
  label,
  hint,
  value,
  least,
  most,
  isWhole,
  isRequired,
  onChange,
}: {
  readonly label: string;
  readonly hint: string | undefined;
  readonly value: number | undefined;
  readonly least: number | undefined;
  readonly most: number | undefined;
  readonly isWhole: boolean;
  readonly isRequired: boolean;
  /** Undefined when the field is emptied. */
  readonly onChange: (value: number | undefined) => void;
}): ReactElement {
  return (
    <AriaNumberField
      className={cx(styles.field)}
      value={value ?? Number.NaN}
      isRequired={isRequired}
      onChange={(next) => onChange(Number.isNaN(next) ? undefined : next)}
      formatOptions={{ maximumFractionDigits: isWhole ? 0 : 12 }}
      {...(isWhole ? { step: 1 } : {})}
      {...(least === undefined ? {} : { minValue: least })}
      {...(most === undefined ? {} : { maxValue: most })}
    >
      <Label className={cx(styles.label)}>{label}</Label>
      <Group className={cx(styles.group)}>
        <Input className={cx(styles.input)} />
        <Button slot="decrement" className={cx(styles.step)}>
          −
        </Button>
        <Button slot="increment" className={cx(styles.step)}>
          +
        </Button>
      </Group>
      {hint === undefined ? null : (
        <Text slot="description" className={cx(styles.hint)}>
          {hint}
        </Text>
      )}
    </AriaNumberField>
  );
}
