import type { ReactElement } from 'react';
import { useApp } from '../hooks/app-context.ts';
import { useReadable } from '../hooks/use-readable.ts';
import type { OfflineState } from '../state/offline.ts';
import { Button } from '../ui/button.tsx';
import { formatBytes } from '../ui/formats.ts';
import { DialogActions, PopoverDialog } from '../ui/popover-dialog.tsx';
import { Progress } from '../ui/progress.tsx';
import { Tooltip } from '../ui/tooltip.tsx';
import styles from './offline-button.module.css';

/** What works without a network, and a button that makes it all. */
export function OfflineButton(): ReactElement | null {
  const { offline } = useApp();
  const state = useReadable(offline);
  const { status, kept, total, hasUpdate, error } = state;
  if (status === 'off') return null;
  const label = hasUpdate ? 'Offline use: a new version is there' : 'Offline use';
  return (
    <PopoverDialog
      label="Offline use"
      onOpenChange={(isOpen) => isOpen && void offline.look()}
      trigger={
        <Tooltip text={label}>
          <Button
            look="quiet"
            icon="offline"
            aria-label={label}
            className={hasUpdate ? styles.news : undefined}
          />
        </Tooltip>
      }
    >
      <Words state={state} />
      {status === 'keeping' ? <Progress label="Fetching" value={undefined} /> : null}
      {error === undefined ? null : (
        <p className={styles.fault} role="alert">
          {error}
        </p>
      )}
      <DialogActions>
        {status === 'kept' && kept < total ? (
          <Button icon="download" onPress={() => void offline.keepAll()}>
            Keep all of it
          </Button>
        ) : null}
        {hasUpdate ? (
          <Button icon="reset" onPress={() => offline.update()}>
            Use the new version
          </Button>
        ) : null}
      </DialogActions>
    </PopoverDialog>
  );
}

function Words({ state: { status, kept, total } }: { readonly state: OfflineState }): ReactElement {
  if (status === 'preparing') return <p>The browser is about to keep the app.</p>;
  if (status === 'keeping') return <p role="status">Fetching what is not kept yet ...</p>;
  if (kept >= total)
    return (
      <p role="status">
        All of it is kept in this browser, {formatBytes(total)}: it works without a network.
      </p>
    );
  return (
    <p>
      {formatBytes(kept)} of {formatBytes(total)} are kept in this browser. What you have run works without a
      network; the engine and the other examples&apos; data are kept when they are used, or now.
    </p>
  );
}
