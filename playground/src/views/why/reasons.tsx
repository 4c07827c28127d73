import { explainReason, type StepPlan } from '@cairn/core';
import type { ReactElement } from 'react';
import { useSession } from '../../hooks/app-context.ts';
import { usePastRuns } from '../../hooks/use-past-runs.ts';
import { useReadable } from '../../hooks/use-readable.ts';
import { causesOf, chainOf } from '../../state/causes.ts';
import { lastPlan } from '../../state/forecast.ts';
import { statusLook } from '../../ui/step-mark.tsx';
import { formatTime } from '../../ui/time.ts';
import { CauseTree } from './cause-tree.tsx';
import styles from './why.module.css';

const would: Readonly<Record<StepPlan['decision'], string>> = {
  run: 'would run',
  reuse: 'would be reused',
  unknown: 'may run',
  blocked: 'is blocked',
  skip: 'would not run',
};

/** What the next run would do with a step, and why, up to the first cause. */
export function NextRun({ step }: { readonly step: string }): ReactElement {
  const { forecast, run } = useSession();
  const plan = lastPlan(useReadable(forecast));
  const { status } = useReadable(run);
  const isAtWork = status === 'running' || status === 'canceling';
  const chain = chainOf(step, (name) => {
    const ahead = plan?.steps.get(name);
    if (ahead === undefined) return undefined;
    const { decision, reason, error, volatile, checks = [] } = ahead;
    const why = [
      ...explainReason(reason),
      ...(error === undefined ? [] : [error.message.split('\n')[0] ?? '']),
      ...(volatile ? ['it depends on chance or on the time, so it is reused within this project only'] : []),
      ...(checks.length === 0 ? [] : [`its stored table is to be checked: ${checks.join(', ')}`]),
    ];
    return { what: would[decision], why, causes: causesOf(reason) };
  });
  return (
    <section className={styles.section}>
      <h2 className={styles.heading}>The next run</h2>
      {isAtWork ? (
        <p className={styles.quiet}>Is known when the run has ended.</p>
      ) : chain === undefined ? (
        <p className={styles.quiet}>Is not known yet.</p>
      ) : (
        <CauseTree cause={chain} />
      )}
    </section>
  );
}

/** What became of a step in the last run, and why. */
export function LastRun({ step }: { readonly step: string }): ReactElement {
  const { view } = useSession();
  const { run } = useReadable(view);
  const { value: past } = usePastRuns();
  const isUnderWay = run?.status === 'running';
  const seen = past?.find(({ account }) => account?.steps.some((one) => one.step === step));
  const told = new Map(seen?.account?.steps.map((one) => [one.step, one]));
  const live = run?.steps.get(step);
  const chain =
    isUnderWay && live !== undefined
      ? {
          step,
          what: statusLook(live.status).label.toLowerCase(),
          why: live.reason === undefined ? [] : [live.reason],
          from: [],
        }
      : chainOf(step, (name) => {
          const one = told.get(name);
          if (one === undefined) return undefined;
          return { what: statusLook(one.status).label.toLowerCase(), why: one.why, causes: one.causes };
        });
  return (
    <section className={styles.section}>
      <h2 className={styles.heading}>
        {isUnderWay ? 'This run' : 'The last run'}
        {seen === undefined || isUnderWay ? null : (
          <span className={styles.when}>, {formatTime(seen.startedAt)}</span>
        )}
      </h2>
      {chain === undefined ? (
        <p className={styles.quiet}>It has not been part of one yet.</p>
      ) : (
        <CauseTree cause={chain} />
      )}
    </section>
  );
}
