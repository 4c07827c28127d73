import type { KeyboardEvent, ReactElement } from 'react';
import { useSession } from '../../hooks/app-context.ts';
import { useReadable } from '../../hooks/use-readable.ts';
import { historySqlOf } from '../../state/history-sql.ts';
import { Button } from '../../ui/button.tsx';
import { Empty, Loading } from '../../ui/empty.tsx';
import { ErrorBox } from '../../ui/error-box.tsx';
import { formatAmount } from '../../ui/formats.ts';
import { Menu } from '../../ui/menu.tsx';
import { RowsTable } from '../../ui/rows-table.tsx';
import styles from './history.module.css';

const most = 200;

/** SQL over the tables of records. */
export function SqlView(): ReactElement {
  const { ready, text, answer, ask } = historySqlOf(useSession());
  const sql = useReadable(text);
  const { value, error, isAsking } = useReadable(answer);
  const press = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    ask();
  };
  return (
    <div className={styles.sql}>
      <div className={styles.query}>
        <textarea
          className={styles.text}
          aria-label="SQL over the records"
          spellCheck={false}
          autoComplete="off"
          rows={8}
          value={sql}
          onChange={(event) => text.set(event.target.value)}
          onKeyDown={press}
        />
        <div className={styles.tools}>
          <Button icon="play" isDisabled={isAsking || sql.trim() === ''} onPress={ask}>
            {isAsking ? 'Asking' : 'Ask'}
          </Button>
          <Menu
            label="Ready questions"
            placement="bottom start"
            trigger={<Button icon="list">Ready questions</Button>}
            entries={ready.map(({ id, title, sql: own }) => ({
              id,
              label: title,
              onAction: () => {
                text.set(own);
                ask();
              },
            }))}
          />
        </div>
        <p className={styles.hint}>
          Tables: <code>pipeline_runs</code>, <code>process_runs</code>, <code>step_runs</code>,{' '}
          <code>check_runs</code>, of all projects in this browser. Ctrl and Enter ask.
        </p>
      </div>
      <section className={styles.answer} aria-label="The answer" aria-busy={isAsking} tabIndex={0}>
        {error !== undefined ? (
          <div className={styles.fault}>
            <ErrorBox error={error} />
          </div>
        ) : value !== undefined ? (
          <>
            <p className={styles.hint} role="status">
              {value.numRows > most
                ? `The first ${most} of ${formatAmount(value.numRows, 'row')}`
                : formatAmount(value.numRows, 'row')}
            </p>
            <RowsTable caption="Answer" table={value} most={most} />
          </>
        ) : isAsking ? (
          <Loading what="Asking DuckDB; the first time it has to be started ..." />
        ) : (
          <Empty title="Ask the records">
            What ran, how long it took and what failed are tables that DuckDB can be asked about.
          </Empty>
        )}
      </section>
    </div>
  );
}
