import { useState, type ReactElement } from 'react';
import { useSession } from '../../hooks/app-context.ts';
import { useReadable } from '../../hooks/use-readable.ts';
import { useSteps } from '../../hooks/use-steps.ts';
import { armedInWords, faultWords } from '../../state/fault-words.ts';
import type { FaultKind } from '../../state/faults.ts';
import type { StepFacts } from '../../state/step-facts.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Choices } from '../../ui/choices.tsx';
import { DialogActions } from '../../ui/popover-dialog.tsx';
import { Select } from '../../ui/select.tsx';
import styles from './break.module.css';

/** Which way, at which step, and when. */
export function BreakForm(): ReactElement {
  const { faults, run, view, selected, start, corrupt } = useSession();
  const { armed } = useReadable(faults);
  const steps = useSteps() ?? [];
  const picked = useReadable(selected);
  const { status } = useReadable(run);
  const isElsewhere = useReadable(view).running === 'elsewhere';
  const isAtWork = status === 'running' || status === 'canceling';
  const [kind, setKind] = useState<FaultKind>('fail');
  const [chosen, choose] = useState<string>();
  const able = steps.filter((step) => canBreak(kind, step)).map(({ name }) => name);
  const step = [chosen, picked, usual(able)].find((name) => name !== undefined && able.includes(name));
  const why = isElsewhere
    ? 'The project runs in another tab: break it there.'
    : able.length > 0
      ? undefined
      : whyNot[kind];
  return (
    <>
      {armed === undefined ? null : (
        <div className={styles.armedLine}>
          <Badge tone="warned">{armedInWords(armed)}</Badge>
          <Button onPress={() => faults.disarm()}>Disarm</Button>
        </div>
      )}
      <Choices
        label="Break it, and see it mended"
        value={kind}
        onChange={setKind}
        choices={faultWords.map((words) => ({
          value: words.kind,
          label: words.title,
          details: (
            <>
              <p>{words.does}</p>
              <p className={styles.quiet}>{words.expect}</p>
            </>
          ),
        }))}
      />
      {step === undefined ? null : (
        <Select label="Step" value={step} choices={able} onChange={choose} hint={undefined} />
      )}
      {why === undefined ? null : <p className={styles.quiet}>{why}</p>}
      {step === undefined || isElsewhere ? null : (
        <DialogActions>
          {kind === 'corrupt' ? (
            <Button
              slot="close"
              look="danger"
              icon="bolt"
              isDisabled={isAtWork}
              onPress={() => void corrupt(step)}
            >
              Corrupt {step}
            </Button>
          ) : (
            <>
              <Button slot="close" onPress={() => faults.arm({ kind, step })}>
                Arm the next run
              </Button>
              <Button
                slot="close"
                look="danger"
                icon="bolt"
                isDisabled={isAtWork}
                onPress={() => {
                  faults.arm({ kind, step });
                  void start();
                }}
              >
                Run and break
              </Button>
            </>
          )}
        </DialogActions>
      )}
      {kind === 'corrupt' || step === undefined ? null : (
        <p className={styles.note}>The run computes every step anew, so that there is something to break.</p>
      )}
    </>
  );
}

const whyNot: Readonly<Record<FaultKind, string>> = {
  fail: 'There is no step yet.',
  throw: 'This pipeline has no step in TypeScript. The example Earthquakes has one.',
  corrupt: 'No table is stored yet: run the pipeline first.',
  quota: 'There is no step with a table yet.',
  worker: 'There is no step yet.',
  reload: 'There is no step yet.',
};

function canBreak(kind: FaultKind, { kind: stepKind, status, next }: StepFacts): boolean {
  const hasTable = stepKind !== 'sink' && stepKind !== 'effect';
  if (kind === 'throw') return stepKind === 'transform';
  if (kind === 'quota') return hasTable;
  if (kind === 'corrupt')
    return hasTable && next === undefined && ['stored', 'complete', 'reused'].includes(status);
  return true;
}

/** In the middle, so that something was done before and something is left. */
function usual(able: readonly string[]): string | undefined {
  return able[Math.floor(able.length / 2)];
}
