import type { GcReport } from '@cairn/core';
import { useEffect, useState, type ReactElement } from 'react';
import { useSession } from '../../hooks/app-context.ts';
import { useReadable } from '../../hooks/use-readable.ts';
import { createAsker } from '../../state/asked.ts';
import { freedBytes } from '../../state/gc-words.ts';
import { retentionOf, type RetentionRule } from '../../state/storage.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorBox } from '../../ui/error-box.tsx';
import { formatBytes } from '../../ui/formats.ts';
import { Switch } from '../../ui/switch.tsx';
import { GcReportView } from './gc-report.tsx';
import styles from './storage.module.css';

/** Removes what the rule does not keep, once it has been looked at. */
export function TidyUp({
  rule,
  onDone,
}: {
  readonly rule: RetentionRule;
  readonly onDone: () => void;
}): ReactElement {
  const { bench, refresh } = useSession();
  const [asker] = useState(createAsker<GcReport>);
  const [alsoRecent, setAlsoRecent] = useState(false);
  const { value: report, error, isAsking } = useReadable(asker);
  // What another rule would come to has to be looked at first.
  useEffect(() => asker.forget(), [asker, rule, alsoRecent]);

  const collect = async (dryRun: boolean): Promise<void> => {
    await asker.ask(async () => {
      const { runner } = await bench();
      const grace = alsoRecent ? { graceMs: 0 } : {};
      return runner.gc({ dryRun, retention: retentionOf(rule), ...grace });
    });
    if (dryRun) return;
    onDone();
    refresh();
  };
  const canFree = report?.dryRun === true && report.removed.length > 0;
  return (
    <section className={styles.section}>
      <h2 className={styles.heading}>Tidy up</h2>
      <Switch label="Also what was used within the last hour" isOn={alsoRecent} onChange={setAlsoRecent} />
      <div className={styles.buttons}>
        <Button isDisabled={isAsking} onPress={() => void collect(true)}>
          See what would go
        </Button>
        {canFree ? (
          <Button look="danger" isDisabled={isAsking} onPress={() => void collect(false)}>
            Free {formatBytes(freedBytes(report))}
          </Button>
        ) : null}
      </div>
      {error === undefined ? null : <ErrorBox error={error} title="Could not tidy up" />}
      {report === undefined ? null : <GcReportView report={report} />}
    </section>
  );
}
