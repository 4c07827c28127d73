import type { ReactElement, ReactNode } from 'react';
import { useSession } from '../../hooks/app-context.ts';
import { useReadable } from '../../hooks/use-readable.ts';
import { lastDefined } from '../../state/definition.ts';
import { Button } from '../../ui/button.tsx';
import { Menu } from '../../ui/menu.tsx';
import { ForecastWords, useForecastLine } from './forecast-words.tsx';
import { ParamsButton } from './params-button.tsx';
import styles from './run-bar.module.css';

/** What the next run would do, and the buttons that begin and end it. */
export function RunBar({
  children,
}: {
  /** What else stands before the button that runs. */
  readonly children?: ReactNode;
}): ReactElement {
  const { definition, run, view, start, cancel } = useSession();
  const state = useReadable(definition);
  const { status } = useReadable(run);
  const hasLine = useForecastLine();
  const plan = lastDefined(state)?.plan;
  const isElsewhere = useReadable(view).running === 'elsewhere';
  const isAtWork = status === 'running' || status === 'canceling';
  const cannotRun = state.status === 'invalid' || isElsewhere;
  return (
    <div className={styles.bar}>
      {hasLine ? null : <ForecastWords />}
      <ParamsButton />
      {children}
      {isAtWork ? (
        <Button icon="stop" look="danger" onPress={cancel} isDisabled={status === 'canceling'}>
          {status === 'canceling' ? 'Canceling' : 'Cancel'}
        </Button>
      ) : (
        <span className={styles.split}>
          <Button look="primary" icon="play" isDisabled={cannotRun} onPress={() => void start()}>
            Run
          </Button>
          <Menu
            label="More ways to run"
            trigger={
              <Button
                look="primary"
                icon="chevronDown"
                aria-label="More ways to run"
                isDisabled={cannotRun}
              />
            }
            entries={[
              {
                id: 'run',
                label: 'Run',
                hint: 'What has changed, and what depends on it',
                icon: 'play',
                onAction: () => void start(),
              },
              {
                id: 'force',
                label: 'Run everything again',
                hint: 'Whatever is stored, every step is computed',
                icon: 'reset',
                isDisabled: plan === undefined,
                onAction: () => void start({ force: plan?.steps.map((step) => step.name) ?? [] }),
              },
            ]}
          />
        </span>
      )}
    </div>
  );
}
