import type { ReactElement } from 'react';
import { usualRule, type RetentionRule } from '../../state/storage.ts';
import { Button } from '../../ui/button.tsx';
import { NumberField } from '../../ui/number-field.tsx';
import styles from './storage.module.css';

const fields = [
  { name: 'megabytes', label: 'At most, in MB' },
  { name: 'days', label: 'Unused for, in days' },
  { name: 'lastRuns', label: 'Last runs kept' },
] as const;

/** What is kept when one tidies up. */
export function Rule({
  rule,
  onChange,
}: {
  readonly rule: RetentionRule;
  readonly onChange: (rule: RetentionRule) => void;
}): ReactElement {
  const isUsual = fields.every(({ name }) => rule[name] === usualRule[name]);
  return (
    <section className={styles.section}>
      <h2 className={styles.heading}>What is kept</h2>
      <p className={styles.quiet}>
        No run removes anything. When you tidy up, tables go that nobody has used for so long, and above so
        much those that were used least recently; those of each pipeline&apos;s last successful runs stay.
      </p>
      <div className={styles.fields}>
        {fields.map(({ name, label }) => (
          <NumberField
            key={name}
            label={label}
            hint={undefined}
            value={rule[name]}
            least={0}
            most={1e9}
            isWhole={name !== 'days'}
            isRequired={false}
            onChange={(value) => onChange({ ...rule, [name]: value ?? usualRule[name] })}
          />
        ))}
      </div>
      {isUsual ? null : (
        <div className={styles.buttons}>
          <Button look="quiet" icon="reset" onPress={() => onChange(usualRule)}>
            The usual rule
          </Button>
        </div>
      )}
    </section>
  );
}
