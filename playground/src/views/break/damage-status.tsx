import type { ReactElement } from 'react';
import { useSession } from '../../hooks/app-context.ts';
import { useReadable } from '../../hooks/use-readable.ts';
import { Badge } from '../../ui/badge.tsx';
import { ErrorBox } from '../../ui/error-box.tsx';
import { formatCount } from '../../ui/formats.ts';
import styles from './break.module.css';

/** What was done to a stored table, and how that was found out. */
export function DamageStatus(): ReactElement | null {
  const damage = useReadable(useSession().damage);
  if (damage === undefined) return null;
  if (!('part' in damage)) return <ErrorBox error={damage} title="Nothing could be broken" />;
  const { step, part, at, bytes, refused } = damage;
  return (
    <div className={styles.damage} role="status" data-testid="damage">
      <Badge tone="warned">Corrupt</Badge>
      <p>
        Byte {formatCount(at)} of {formatCount(bytes)} of <strong>{step}</strong> was flipped (object{' '}
        <code>{part.slice(0, 8)}</code>).{' '}
        {refused === undefined ? (
          'It could be read all the same, which must not be.'
        ) : (
          <>
            Reading it is refused: <code>{refused.code}</code>. The next run computes it again.
          </>
        )}
      </p>
    </div>
  );
}
