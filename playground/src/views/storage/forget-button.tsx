import { errorFacts, type ErrorFacts } from '@cairn/core';
import { useState, type ReactElement } from 'react';
import { useApp, useSession } from '../../hooks/app-context.ts';
import { useReadable } from '../../hooks/use-readable.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorBox } from '../../ui/error-box.tsx';
import { DialogActions, PopoverDialog } from '../../ui/popover-dialog.tsx';
import styles from './storage.module.css';

/** Deletes all that is kept of the project, once one has said so twice. */
export function ForgetButton(): ReactElement | null {
  const { storage, state, routes } = useApp();
  const { project, view } = useSession();
  const { id, title, example } = useReadable(project);
  const isAtWork = useReadable(view).running !== 'nowhere';
  const isKept = useReadable(storage.access).status !== 'refused';
  const [isDeleting, setDeleting] = useState(false);
  const [error, setError] = useState<ErrorFacts>();
  // What is in the memory of the tab goes with it.
  if (!isKept) return null;
  const forget = async (): Promise<void> => {
    setDeleting(true);
    setError(undefined);
    try {
      await storage.forget(id);
      routes.go({ project: undefined, panel: undefined });
      await state.leave();
      await state.forget(id);
    } catch (thrown) {
      setError(errorFacts(thrown));
      setDeleting(false);
    }
  };
  return (
    <section className={styles.section}>
      <h2 className={styles.heading}>This project</h2>
      <div className={styles.buttons}>
        <PopoverDialog
          label="Delete everything of this project"
          trigger={
            <Button look="danger" isDisabled={isAtWork}>
              Delete everything of it ...
            </Button>
          }
        >
          <p>
            <strong>Delete everything of &lsquo;{title}&rsquo;?</strong>
          </p>
          <p>
            Its tables, the records of its runs, its files and{' '}
            {example === undefined ? 'its text' : 'what you have changed of it'} are removed from this
            browser, for good. Other projects keep what is theirs.
          </p>
          {error === undefined ? null : <ErrorBox error={error} title="Not all of it could be deleted" />}
          <DialogActions>
            <Button look="danger" isDisabled={isDeleting} onPress={() => void forget()}>
              {isDeleting ? 'Deleting' : 'Delete'}
            </Button>
          </DialogActions>
        </PopoverDialog>
      </div>
      {isAtWork ? <p className={styles.quiet}>A run is at work.</p> : null}
    </section>
  );
}
