import type { ReactElement } from 'react';
import { useSession } from '../../hooks/app-context.ts';
import { useReadable } from '../../hooks/use-readable.ts';
import { useSteps } from '../../hooks/use-steps.ts';
import { lastDefined } from '../../state/definition.ts';
import { Empty, Loading } from '../../ui/empty.tsx';
import { StepRow } from './step-row.tsx';
import styles from './steps-panel.module.css';

/** The steps by process: how each stands, what it made, and what the next run would do with it. */
export function StepsPanel(): ReactElement {
  const { definition, selected } = useSession();
  const state = useReadable(definition);
  const chosen = useReadable(selected);
  const steps = useSteps();
  const processes = lastDefined(state)?.plan.processes;
  if (steps === undefined || processes === undefined) {
    return state.status === 'invalid' ? (
      <Empty title="No steps yet">The text is no pipeline yet: what is wrong is told beside it.</Empty>
    ) : (
      <Loading what="Reading the pipeline ..." />
    );
  }
  return (
    <div className={styles.scroll}>
      <table className={styles.table}>
        <caption className={styles.caption}>Steps</caption>
        <thead>
          <tr>
            <th scope="col">Step</th>
            <th scope="col">Status</th>
            <th scope="col" className={styles.number}>
              Rows
            </th>
            <th scope="col" className={styles.number}>
              Size
            </th>
            <th scope="col" className={styles.number}>
              Time
            </th>
            <th scope="col">
              <span className={styles.hidden}>Actions</span>
            </th>
          </tr>
        </thead>
        {processes.map((process) => (
          <tbody key={process.name}>
            <tr>
              <th scope="rowgroup" colSpan={6} className={styles.process}>
                {process.name}
              </th>
            </tr>
            {steps
              .filter((step) => step.process === process.name)
              .map((step) => (
                <StepRow key={step.name} step={step} isSelected={step.name === chosen} />
              ))}
          </tbody>
        ))}
      </table>
    </div>
  );
}
