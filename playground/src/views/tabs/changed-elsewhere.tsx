import { useEffect, type ReactElement } from 'react';
import { useSession } from '../../hooks/app-context.ts';
import { useReadable } from '../../hooks/use-readable.ts';
import { differingLines } from '../../state/differing-lines.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { formatAmount } from '../../ui/formats.ts';
import styles from './changed-elsewhere.module.css';

/** Two tabs have changed the project at once: nothing is lost before somebody has chosen. */
export function ChangedElsewhere(): ReactElement | null {
  const { conflict, project, keepMine, takeTheirs } = useSession();
  const theirs = useReadable(conflict);
  const { yaml } = useReadable(project);
  const isOpen = theirs !== undefined;
  useEffect(() => {
    if (!isOpen) return undefined;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [isOpen]);
  if (theirs === undefined) return null;
  const lines = differingLines(yaml, theirs.yaml);
  return (
    <div className={styles.strip} role="alert" data-testid="changed-elsewhere">
      <Badge tone="warned">Changed elsewhere</Badge>
      <p className={styles.words}>
        Another tab has changed this project too
        {lines === 0
          ? ''
          : `; ${formatAmount(lines, 'line')} there ${lines === 1 ? 'differs' : 'differ'} from yours`}
        . What you have here is not kept until you choose.
      </p>
      <Button onPress={takeTheirs}>Take the other</Button>
      <Button onPress={keepMine}>Keep mine</Button>
    </div>
  );
}
