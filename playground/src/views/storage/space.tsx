import { errorFacts } from '@cairn/core';
import type { UsedStorage } from '@cairn/web/react';
import { useState, type ReactElement } from 'react';
import type { StorageAccess } from '../../state/storage.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { ErrorBox } from '../../ui/error-box.tsx';
import { formatBytes } from '../../ui/formats.ts';
import { Meter } from '../../ui/meter.tsx';
import styles from './storage.module.css';

/** Space that is used, how much there is, and whether the browser promises to keep it. */
export function Space({
  space: { report, error, persist },
  access,
}: {
  readonly space: UsedStorage;
  readonly access: StorageAccess;
}): ReactElement {
  const [answer, setAnswer] = useState<'asking' | 'refused'>();
  const ask = async (): Promise<void> => {
    setAnswer('asking');
    const isKept = await persist().catch(() => false);
    setAnswer(isKept ? undefined : 'refused');
  };
  if (access.status === 'refused')
    return (
      <section className={styles.section}>
        <h2 className={styles.heading}>Space</h2>
        <p>
          <Badge tone="warned">Not kept</Badge> The browser gives this page no storage. Tables are in the
          memory of this tab, and gone with it.
        </p>
        <p className={styles.quiet}>{access.why}</p>
      </section>
    );
  return (
    <section className={styles.section}>
      <h2 className={styles.heading}>Space</h2>
      {error !== undefined ? <ErrorBox error={errorFacts(error)} /> : null}
      {report === undefined ? null : (
        <>
          {report.usage === undefined || report.quota === undefined ? (
            <p className={styles.quiet}>The browser does not say how much is used.</p>
          ) : (
            <Meter
              label="Space used"
              value={report.usage}
              most={report.quota}
              words={`${formatBytes(report.usage)} of ${formatBytes(report.quota)} used by this site, the app included`}
            />
          )}
          {report.persisted === true ? (
            <p>
              <Badge tone="done">Kept</Badge> The browser has promised not to remove it by itself.
            </p>
          ) : (
            <>
              <p>
                <Badge tone="warned">Not promised</Badge> When space runs short, the browser may remove it.
              </p>
              <div className={styles.buttons}>
                <Button icon="shield" isDisabled={answer === 'asking'} onPress={() => void ask()}>
                  Ask it to keep this
                </Button>
              </div>
              {answer === 'refused' ? (
                <p className={styles.quiet} role="status">
                  The browser said no. Chromium decides by how much a site is used, or whether it is
                  bookmarked or installed; Firefox asks you.
                </p>
              ) : null}
            </>
          )}
        </>
      )}
    </section>
  );
}
