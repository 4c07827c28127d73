import type { ReactElement } from 'react';
import { Input } from 'react-aria-components/Input';
import { Label } from 'react-aria-components/Label';
import { Text } from 'react-aria-components/Text';
import { TextField as AriaTextField } from 'react-aria-components/TextField';
import { cx } from './cx.ts';
import styles from './field.module.css';

/** A line of text. */
export function TextField({
  label,
  hint,
  value,
  placeholder = '',
  isRequired = false,
  onChange,
}: {
  readonly label: string;
  readonly hint: string | undefined;
  readonly value: string;
  readonly placeholder?: string | undefined;
  readonly isRequired?: boolean;
  readonly onChange: (value: string) => void;
}): ReactElement {
  return (
    <AriaTextField className={cx(styles.field)} value={value} isRequired={isRequired} onChange={onChange}>
      <Label className={cx(styles.label)}>{label}</Label>
      <Input className={cx(styles.group, styles.input)} placeholder={placeholder} spellCheck={false} />
      {hint === undefined ? null : (
        <Text slot="description" className={cx(styles.hint)}>
          {hint}
        </Text>
      )}
    </AriaTextField>
  );
}
