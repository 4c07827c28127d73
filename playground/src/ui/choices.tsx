import type { ReactElement, ReactNode } from 'react';
import { Label } from 'react-aria-components/Label';
import { Radio, RadioGroup } from 'react-aria-components/RadioGroup';
import styles from './choices.module.css';
import { cx } from './cx.ts';

/** One of a few that need more than a word each. */
export interface Choice<Value extends string> {
  readonly value: Value;
  readonly label: string;
  /** What it means, shown while it is chosen. */
  readonly details?: ReactNode;
}

/** One of a few, all of them seen at once. */
export function Choices<Value extends string>({
  label,
  value,
  choices,
  onChange,
}: {
  readonly label: string;
  readonly value: Value;
  readonly choices: readonly Choice<Value>[];
  readonly onChange: (value: Value) => void;
}): ReactElement {
  return (
    <RadioGroup
      className={cx(styles.choices)}
      value={value}
      onChange={(next) => {
        const chosen = choices.find((one) => one.value === next);
        if (chosen !== undefined) onChange(chosen.value);
      }}
    >
      <Label className={cx(styles.heading)}>{label}</Label>
      {choices.map((choice) => (
        <div key={choice.value} className={styles.choice} data-chosen={choice.value === value || undefined}>
          <Radio value={choice.value} className={cx(styles.radio)}>
            <span className={styles.mark} />
            <span>{choice.label}</span>
          </Radio>
          {choice.value === value && choice.details !== undefined ? (
            <div className={styles.details}>{choice.details}</div>
          ) : null}
        </div>
      ))}
    </RadioGroup>
  );
}
