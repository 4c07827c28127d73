import type { ErrorFacts } from '@cairn/core';
import { useEffect, useState, type ReactElement } from 'react';
import { useSession } from '../../hooks/app-context.ts';
import { useReadable } from '../../hooks/use-readable.ts';
import { useSteps } from '../../hooks/use-steps.ts';
import { createGrid, type TableGrid } from '../../state/table-grid.ts';
import { lensOf } from '../../state/table-lenses.ts';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { ErrorBox } from '../../ui/error-box.tsx';
import { formatAmount, formatCount } from '../../ui/formats.ts';
import type { OpenTables } from '../../state/opened-tables.ts';
import { StoredTables } from '../parts/stored-tables.tsx';
import tools from '../parts/tool-row.module.css';
import { useExport } from './export-menu.tsx';
import { Grid } from './grid.tsx';
import { PickRun, PickStep } from './pick-table.tsx';
import styles from './tables-panel.module.css';
import { WhereBox } from './where-box.tsx';

/** Any step's stored table, of the last run or an earlier one. */
export function TablesPanel(): ReactElement {
  return (
    <StoredTables
      title="No tables yet"
      hint="A run stores the table of each step. They stand here afterwards, also when the page is loaded anew."
    >
      {(tables) => <StepTable state={tables} />}
    </StoredTables>
  );
}

function StepTable({ state }: { readonly state: OpenTables }): ReactElement {
  const { project, selected, select } = useSession();
  const steps = useSteps();
  const chosen = useReadable(selected);
  const { opened } = state;
  const stored = [...opened.steps.keys()];
  const step = chosen ?? stored.at(-1);
  const grid = useGrid(state, step);
  const { id } = useReadable(project);
  const saving = useExport(grid, `${id}-${step ?? 'table'}`);
  return (
    <div className={styles.panel}>
      <div className={tools.tools}>
        <PickStep opened={opened} steps={steps} value={step} onChange={select} />
        <PickRun state={state} />
        {grid === undefined ? null : <RowCount grid={grid} />}
        {grid === undefined ? null : <WhereBox grid={grid} />}
        {saving.button}
      </div>
      {saving.line}
      {grid === undefined || step === undefined ? (
        <Missing step={step} kind={steps?.find(({ name }) => name === step)?.kind} />
      ) : (
        <GridOrError key={grid.table.table} grid={grid} />
      )}
    </div>
  );
}

/** The grid of a step's table; another one when the table is. */
function useGrid(
  { opened }: { readonly opened: TableGrid['table']['opened'] },
  step: string | undefined,
): TableGrid | undefined {
  const session = useSession();
  const stored = step === undefined ? undefined : opened.steps.get(step);
  const [held, setHeld] = useState<{ readonly grid: TableGrid; readonly of: typeof stored }>();
  useEffect(() => {
    if (stored === undefined) return setHeld(undefined);
    const { columns, rows } = stored;
    const lens = lensOf(session, stored.step);
    const grid = createGrid(
      { opened, table: stored.step, columns, rows, isStored: true },
      lens.restored(columns),
    );
    const forget = lens.follow(grid);
    setHeld({ grid, of: stored });
    return () => {
      forget();
      grid.close();
    };
  }, [session, opened, stored]);
  return held !== undefined && held.of === stored ? held.grid : undefined;
}

function GridOrError({ grid }: { readonly grid: TableGrid }): ReactElement {
  const { error, rows } = useReadable(grid.state);
  const fault = useReadable(grid.pages.error);
  const failed = error ?? fault;
  return (
    <>
      {failed === undefined ? null : (
        <div className={styles.fault}>
          <ErrorBox
            error={error === undefined ? failed : withoutPlace(failed)}
            {...(error === undefined ? { title: 'The rows could not be read.' } : {})}
            action={
              error === undefined ? (
                <Button icon="reset" onPress={grid.retry}>
                  Try again
                </Button>
              ) : (
                <Button onPress={() => grid.look({ filters: {}, where: '', sort: undefined })}>
                  Show all rows
                </Button>
              )
            }
          />
        </div>
      )}
      <Grid grid={grid} label={`Rows of ${grid.table.table}`} />
      {rows === 0 ? (
        <p className={styles.nothing}>
          {grid.table.rows === 0 ? 'The table has no rows.' : 'No row is like this.'}
        </p>
      ) : null}
    </>
  );
}

/** The place is one in a statement that nobody has written. */
function withoutPlace({ message, ...facts }: ErrorFacts): ErrorFacts {
  return {
    ...facts,
    message: message.replace(/\n\nLINE \d+: [^\n]*\n *\^/, '').replace('The SQL failed: ', ''),
  };
}

function RowCount({ grid }: { readonly grid: TableGrid }): ReactElement {
  const { rows, isWorking } = useReadable(grid.state);
  const all = grid.table.rows;
  return (
    <span className={styles.count} role="status">
      {isWorking
        ? 'Working …'
        : rows === all
          ? formatAmount(all, 'row')
          : `${formatCount(rows)} of ${formatAmount(all, 'row')}`}
    </span>
  );
}

function Missing({
  step,
  kind,
}: {
  readonly step: string | undefined;
  readonly kind: string | undefined;
}): ReactElement {
  if (step === undefined)
    return <Empty title="No step has a table">What was run so far has stored none.</Empty>;
  const makesNone = kind === 'sink' || kind === 'effect';
  return (
    <Empty title={makesNone ? `'${step}' makes no table` : `There is no table of '${step}'`}>
      {makesNone
        ? 'It hands on what another step has made: look at its input.'
        : 'In this run it did not come to an end, or its checkpoint was not kept.'}
    </Empty>
  );
}
