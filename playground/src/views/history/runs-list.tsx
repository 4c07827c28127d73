import { useState, type ReactElement } from 'react';
import { usePastRuns } from '../../hooks/use-past-runs.ts';
import { Empty, Loading } from '../../ui/empty.tsx';
import { ErrorBox } from '../../ui/error-box.tsx';
import { Button } from '../../ui/button.tsx';
import { hiddenWords, PlainTable } from '../../ui/plain-table.tsx';
import { ComparedRuns } from './compared-runs.tsx';
import styles from './history.module.css';
import { RunRow } from './run-row.tsx';

const page = 40;

/** The runs of the project, the last first; of two that are chosen, how long their steps took. */
export function RunsList(): ReactElement {
  const { value: runs, error } = usePastRuns();
  const [chosen, choose] = useState<readonly string[]>([]);
  const [count, setCount] = useState(page);
  if (error !== undefined)
    return (
      <div className={styles.fault}>
        <ErrorBox error={error} title="The records could not be read" />
      </div>
    );
  if (runs === undefined) return <Loading what="Reading the records ..." />;
  if (runs.length === 0)
    return <Empty title="Nothing has run yet">Every run leaves a record here, however it ended.</Empty>;
  const pair = runs.filter(({ runId }) => chosen.includes(runId));
  const [after, before] = pair;
  return (
    <div className={styles.side}>
      <div className={styles.scroll}>
        <PlainTable
          caption="Runs"
          columns={[
            { name: 'compare', label: <span className={hiddenWords}>Compare</span> },
            { name: 'run', label: 'Run' },
            { name: 'took', label: 'Time', isNumber: true },
            { name: 'steps', label: 'Steps' },
            { name: 'why', label: 'Begun with' },
            { name: 'actions', label: <span className={hiddenWords}>Actions</span> },
          ]}
        >
          {runs.slice(0, count).map((run) => (
            <RunRow
              key={run.runId}
              run={run}
              isChosen={chosen.includes(run.runId)}
              onChoose={(isChosen) =>
                choose((now) =>
                  isChosen ? [...now, run.runId].slice(-2) : now.filter((one) => one !== run.runId),
                )
              }
            />
          ))}
        </PlainTable>
        {runs.length > count ? (
          <Button look="quiet" className={styles.more} onPress={() => setCount(count + page)}>
            Older runs
          </Button>
        ) : null}
      </div>
      {before === undefined || after === undefined ? (
        <p className={styles.hint}>
          {runs.length === 1
            ? 'Two runs can be compared.'
            : 'Check two runs to compare how long their steps took.'}
        </p>
      ) : (
        <ComparedRuns before={before} after={after} onClose={() => choose([])} />
      )}
    </div>
  );
}
