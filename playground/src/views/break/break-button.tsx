import type { ReactElement } from 'react';
import { useSession } from '../../hooks/app-context.ts';
import { useReadable } from '../../hooks/use-readable.ts';
import { armedInWords } from '../../state/fault-words.ts';
import { Button } from '../../ui/button.tsx';
import { PopoverDialog } from '../../ui/popover-dialog.tsx';
import { Tooltip } from '../../ui/tooltip.tsx';
import styles from './break.module.css';
import { BreakForm } from './break-form.tsx';

/** Breaks a run on purpose, and says what is going to break. */
export function BreakButton(): ReactElement {
  const { faults } = useSession();
  const { armed } = useReadable(faults);
  return (
    <span className={styles.place}>
      <PopoverDialog
        label="Break it"
        trigger={
          <Button
            icon="bolt"
            className={armed === undefined ? undefined : styles.isArmed}
            aria-label={armed === undefined ? 'Break it' : `Break it: ${armedInWords(armed)}`}
          >
            <span className={styles.word}>Break it</span>
          </Button>
        }
      >
        <BreakForm />
      </PopoverDialog>
      {armed === undefined ? null : (
        <Tooltip text="Disarm">
          <Button
            look="quiet"
            icon="cross"
            className={styles.armed}
            aria-label={`Disarm: ${armedInWords(armed)}`}
            onPress={() => faults.disarm()}
          >
            {armedInWords(armed)}
          </Button>
        </Tooltip>
      )}
    </span>
  );
}
