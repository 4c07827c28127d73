import { useEffect, useState, type ReactElement } from 'react';
import { useSession } from '../../hooks/app-context.ts';
import { useReadable } from '../../hooks/use-readable.ts';
import { createChart, type Chart } from '../../state/chart.ts';
import { Empty, Loading } from '../../ui/empty.tsx';
import { ErrorBox } from '../../ui/error-box.tsx';
import { formatAmount } from '../../ui/formats.ts';
import { InlineSelect } from '../../ui/inline-select.tsx';
import type { OpenTables } from '../../state/opened-tables.ts';
import { StoredTables } from '../parts/stored-tables.tsx';
import tools from '../parts/tool-row.module.css';
import { ChartControls } from './chart-controls.tsx';
import { ChartDrawing } from './chart-drawing.tsx';
import styles from './chart-panel.module.css';

/** A step's table, drawn. */
export function ChartPanel(): ReactElement {
  return (
    <StoredTables
      title="Nothing to draw yet"
      hint="A run stores the table of each step, and each of them can be drawn."
    >
      {(tables) => <OpenChart state={tables} />}
    </StoredTables>
  );
}

function OpenChart({ state: { opened } }: { readonly state: OpenTables }): ReactElement {
  const session = useSession();
  const chosen = useReadable(session.selected);
  const stored = [...opened.steps.values()];
  const step = chosen ?? stored.at(-1)?.step;
  const table = step === undefined ? undefined : opened.steps.get(step);
  const [chart, setChart] = useState<{ readonly of: typeof table; readonly drawn: Chart }>();
  useEffect(() => {
    if (table === undefined) return setChart(undefined);
    const drawn = createChart(session, opened, table.step);
    setChart({ of: table, drawn });
    return () => drawn.close();
  }, [session, opened, table]);
  const pick = (
    <InlineSelect
      label="Step"
      value={step}
      choices={[
        ...stored.map((one) => ({ id: one.step, label: one.step, hint: formatAmount(one.rows, 'row') })),
        ...(table === undefined && step !== undefined ? [{ id: step, label: step, hint: 'no table' }] : []),
      ]}
      onChange={session.select}
    />
  );
  return (
    <div className={styles.panel}>
      {table === undefined || chart?.of !== table ? (
        <>
          <div className={tools.tools}>{pick}</div>
          {table === undefined ? (
            <Empty title={step === undefined ? 'No step has a table' : `There is no table of '${step}'`}>
              Choose a step that has one.
            </Empty>
          ) : null}
        </>
      ) : (
        <Drawn chart={chart.drawn} pick={pick} />
      )}
    </div>
  );
}

function Drawn({ chart, pick }: { readonly chart: Chart; readonly pick: ReactElement }): ReactElement {
  const { spec, shown, isWorking, error, isFiltered } = useReadable(chart);
  if (spec === undefined) {
    return (
      <>
        <div className={tools.tools}>{pick}</div>
        <Empty title="Nothing to draw">The table has no column of numbers, times or texts.</Empty>
      </>
    );
  }
  const notes = [isFiltered ? 'Filtered as in Table' : undefined, shown?.data.note].filter(Boolean);
  return (
    <>
      <div className={tools.tools}>
        {pick}
        <ChartControls chart={chart} spec={spec} />
        <span className={styles.note} role="status">
          {isWorking ? 'Computing …' : notes.join('. ')}
        </span>
      </div>
      {error === undefined ? null : (
        <div className={styles.fault}>
          <ErrorBox error={error} title="It could not be computed." />
        </div>
      )}
      {shown === undefined ? (
        error === undefined ? (
          <Loading what="Computing the chart ..." />
        ) : null
      ) : shown.data.rows.length === 0 ? (
        <Empty title="No values">All that would be drawn is null, or there are no rows.</Empty>
      ) : (
        <ChartDrawing {...shown} isOld={isWorking} />
      )}
    </>
  );
}
