import type { ReactElement } from 'react';
import { useSession } from '../../hooks/app-context.ts';
import type { CheckRow as Row } from '../../state/check-rows.ts';
import { formatCount } from '../../ui/formats.ts';
import { Icon } from '../../ui/icon.tsx';
import { numberCell } from '../../ui/plain-table.tsx';
import { StepLink } from '../../ui/step-link.tsx';
import { lookOf } from './check-look.ts';
import styles from './checks.module.css';

/** A check in a line. */
export function CheckRow({
  row,
  isShown,
  onShow,
}: {
  readonly row: Row;
  readonly isShown: boolean;
  readonly onShow: () => void;
}): ReactElement {
  const { select } = useSession();
  const { step, name, severity, status, failing, rows, message } = row;
  const { label, tone, icon } = lookOf(row);
  return (
    <tr data-check={name} data-status={status} data-shown={isShown || undefined}>
      <th scope="row">
        <button type="button" className={styles.pick} aria-pressed={isShown} onClick={onShow}>
          <span className={styles.mark} data-tone={tone}>
            <Icon name={icon} size={14} />
          </span>
          <span className={styles.words}>
            <span className={styles.name}>{name}</span>
            <span className={styles.quiet}>
              <span className={styles.label} data-tone={tone}>
                {label}
              </span>
              {message === undefined || status === 'passed' ? '' : `: ${message}`}
            </span>
          </span>
        </button>
      </th>
      <td className={styles.step}>
        <StepLink step={step} onPress={select} />
      </td>
      <td className={styles.quiet}>{severity}</td>
      <td className={numberCell}>
        {failing === null ? '' : formatCount(failing)}
        {failing === null || rows === undefined ? null : (
          <span className={styles.quiet}> of {formatCount(rows)}</span>
        )}
      </td>
    </tr>
  );
}
