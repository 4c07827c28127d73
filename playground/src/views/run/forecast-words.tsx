import type { ReactElement } from 'react';
import { useSession } from '../../hooks/app-context.ts';
import { useMedia } from '../../hooks/use-media.ts';
import { useReadable } from '../../hooks/use-readable.ts';
import { lastPlan, sumOf } from '../../state/forecast.ts';
import { formatEstimate } from '../../ui/formats.ts';
import styles from './run-bar.module.css';

/** "3 of 11 steps, about 4 s": what the next run would come to. */
export function ForecastWords(): ReactElement | null {
  const { forecast, run } = useSession();
  const state = useReadable(forecast);
  const { status } = useReadable(run);
  const plan = lastPlan(state);
  if (status === 'running' || status === 'canceling' || state.status === 'past' || plan === undefined)
    return null;
  const { steps, runs, mayRun, durationMs } = sumOf(plan);
  const most = runs + mayRun;
  return (
    <p className={styles.forecast} role="status">
      {most === 0 ? (
        'Nothing to do: all is stored'
      ) : (
        <>
          <strong>
            {mayRun > 0 && runs > 0 ? `${runs} to ${most}` : most} of {steps}
          </strong>{' '}
          steps{mayRun > 0 && runs === 0 ? ' may run' : ' would run'}
          {durationMs === undefined ? '' : `, ${formatEstimate(durationMs)}`}
        </>
      )}
    </p>
  );
}

/** Whether the bar has no room for the words, so that they stand in a line of their own. */
export function useForecastLine(): boolean {
  return useMedia('(max-width: 46rem)');
}

/** The words in a line of their own. */
export function ForecastLine(): ReactElement | null {
  return useForecastLine() ? (
    <div className={styles.line}>
      <ForecastWords />
    </div>
  ) : null;
}
