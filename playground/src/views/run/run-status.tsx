import type { ErrorFacts } from '@cairn/core';
import type { ViewedRun } from '@cairn/web';
import { useState, type ReactElement, type ReactNode } from 'react';
import { useSession } from '../../hooks/app-context.ts';
import { usePanel } from '../../hooks/use-panel.ts';
import { useReadable } from '../../hooks/use-readable.ts';
import { countsInWords, firstError, isAboutStorage } from '../../state/run-summary.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { ErrorBox } from '../../ui/error-box.tsx';
import { formatDuration } from '../../ui/formats.ts';
import styles from './run-status.module.css';
import { Interrupted } from './interrupted.tsx';
import { Resumed } from './resumed.tsx';
import { ResumeButton } from './resume-button.tsx';
import { Underway } from './underway.tsx';

/** How the run stands, in a line under the bar; nothing before the first one. */
export function RunStatus(): ReactElement | null {
  const session = useSession();
  const state = useReadable(session.run);
  const { run, running } = useReadable(session.view);
  const interruption = useReadable(session.interruption);
  const tookOver = useReadable(session.tookOver);
  if (state.status === 'running')
    return <Underway run={run} words={tookOver ? 'Took over from a closed tab' : 'Running'} />;
  if (state.status === 'canceling') return <Underway run={run} words="Canceling" />;
  if (running === 'elsewhere')
    return (
      <Underway
        run={run}
        words="Running in another tab"
        note="This one watches, and takes over when that one is closed."
      />
    );
  if (state.status === 'failed' && state.error.code !== 'canceled')
    return <Failed error={state.error} run={state.result === undefined ? undefined : run} />;
  if (run !== undefined) return <Ended run={run} />;
  return interruption === undefined ? null : <Interrupted interruption={interruption} />;
}

const endings = {
  success: { tone: 'done', word: 'Done' },
  failed: { tone: 'failed', word: 'Failed' },
  canceled: { tone: 'idle', word: 'Canceled' },
  interrupted: { tone: 'warned', word: 'Interrupted' },
  running: { tone: 'running', word: 'Running' },
} as const satisfies Record<ViewedRun['status'], { tone: Tone; word: string }>;

function Ended({ run, action }: { readonly run: ViewedRun; readonly action?: ReactNode }): ReactElement {
  const { tone, word } = endings[run.status];
  const isOpen = run.status === 'canceled' || run.status === 'interrupted';
  return (
    <div className={styles.status} role="status" data-testid="run-status">
      <Badge tone={tone}>{word}</Badge>
      <span className={styles.words}>
        {run.counts.total} steps in {formatDuration(run.elapsedMs)}: {countsInWords(run)}
        {isOpen ? <span className={styles.quiet}>. The next run goes on from there.</span> : null}
      </span>
      {run.status === 'success' ? <Resumed /> : null}
      <span className={styles.actions}>
        {action}
        {run.status === 'success' ? null : <ResumeButton />}
      </span>
    </div>
  );
}

function Failed({
  error,
  run,
}: {
  readonly error: ErrorFacts;
  /** Undefined when it did not even begin. */
  readonly run: ViewedRun | undefined;
}): ReactElement {
  const [hidden, hide] = useState<ErrorFacts>();
  const isShown = hidden !== error;
  const [, show] = usePanel();
  return (
    <>
      {run === undefined ? null : (
        <Ended
          run={run}
          action={
            <Button look="quiet" onPress={() => hide(isShown ? error : undefined)}>
              {isShown ? 'Hide error' : 'Show error'}
            </Button>
          }
        />
      )}
      {isShown ? (
        <div className={styles.fault}>
          <ErrorBox
            error={firstError(error)}
            action={
              isAboutStorage(error) ? (
                <Button onPress={() => show('storage')}>See what is stored</Button>
              ) : null
            }
            {...(run === undefined ? { title: 'The run could not begin' } : {})}
          />
        </div>
      ) : null}
    </>
  );
}
