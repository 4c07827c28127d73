import { useEffect, useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import { useSession } from '../../hooks/app-context.ts';
import { useReadable } from '../../hooks/use-readable.ts';
import { tablesOf } from '../../state/opened-tables.ts';
import { sqlBoxOf, type SqlBox } from '../../state/sql-box.ts';
import { quotedName } from '../../state/sql-text.ts';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { ErrorBox } from '../../ui/error-box.tsx';
import { formatAmount, formatDuration } from '../../ui/formats.ts';
import { Menu } from '../../ui/menu.tsx';
import { useExport } from './export-menu.tsx';
import { Grid } from './grid.tsx';
import styles from './sql-panel.module.css';

/** SQL over the tables of all steps. */
export function SqlPanel(): ReactElement {
  const session = useSession();
  const box = sqlBoxOf(session);
  const state = useReadable(box);
  const tables = useReadable(tablesOf(session));
  const { id } = useReadable(session.project);
  const { result, error, since, isOutdated } = state;
  const saving = useExport(result?.grid, `${id}-query`);
  const steps = tables.status === 'open' ? [...tables.opened.steps.keys()] : [];
  return (
    <div className={styles.panel}>
      <SqlText box={box} steps={steps} canAsk={tables.status === 'open'} />
      <div className={styles.answer}>
        {result === undefined && since === undefined ? null : (
          <div className={styles.tools}>
            <span role="status" className={styles.count}>
              {since !== undefined ? (
                <Running since={since} />
              ) : result === undefined ? null : (
                `${formatAmount(result.grid.table.rows, 'row')} in ${formatDuration(result.durationMs)}`
              )}
            </span>
            {saving.button}
          </div>
        )}
        {saving.line}
        {error === undefined ? null : (
          <div className={styles.fault}>
            <ErrorBox error={error} />
          </div>
        )}
        {result === undefined ? (
          error !== undefined || since !== undefined ? null : (
            <Empty title={isOutdated ? 'The tables are others now' : 'Ask anything'}>
              {tables.status === 'none'
                ? 'Once the pipeline has run, its steps are tables here.'
                : isOutdated
                  ? 'What was answered was made of the tables before the last run. Ask again.'
                  : 'Each step is a table of its name, and the answer may be of any size.'}
            </Empty>
          )
        ) : (
          <Grid key={result.grid.table.table} grid={result.grid} label="Answer" />
        )}
      </div>
    </div>
  );
}

/** Where the query is written. */
function SqlText({
  box,
  steps,
  canAsk,
}: {
  readonly box: SqlBox;
  readonly steps: readonly string[];
  readonly canAsk: boolean;
}): ReactElement {
  const { text, since, position, history } = useReadable(box);
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (position === undefined) return;
    area.current?.focus();
    area.current?.setSelectionRange(position, position + wordAt(text, position).length);
    // It is about the text that was asked, and not about what is typed later.
  }, [position]);
  const ask = (): void => {
    const { selectionStart = 0, selectionEnd = 0 } = area.current ?? {};
    const chosen = text.slice(selectionStart, selectionEnd);
    // A word that an error has marked is no query.
    void box.ask(/\s/.test(chosen.trim()) ? chosen : undefined);
  };
  const press = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    ask();
  };
  const insert = (step: string): void => {
    const name = /^[a-z_]\w*$/i.test(step) ? step : quotedName(step);
    const at = area.current?.selectionStart ?? text.length;
    const isNew = text.trim() === '';
    box.write(isNew ? `select * from ${name} limit 100` : text.slice(0, at) + name + text.slice(at));
    area.current?.focus();
  };
  return (
    <div className={styles.question}>
      <textarea
        ref={area}
        className={styles.text}
        aria-label="SQL over all steps"
        placeholder={steps.length === 0 ? 'select …' : `select * from ${steps.at(-1)} limit 100`}
        spellCheck={false}
        autoComplete="off"
        value={text}
        onChange={(event) => box.write(event.target.value)}
        onKeyDown={press}
      />
      <div className={styles.actions}>
        {since === undefined ? (
          <Button look="primary" icon="play" isDisabled={!canAsk || text.trim() === ''} onPress={ask}>
            Ask
          </Button>
        ) : (
          <Button look="danger" icon="stop" onPress={box.cancel}>
            Cancel
          </Button>
        )}
        <span className={styles.hint}>Ctrl+Enter</span>
        <span className={styles.gap} />
        <Menu
          label="Steps"
          trigger={
            <Button look="quiet" icon="table" isDisabled={steps.length === 0}>
              Steps
            </Button>
          }
          entries={steps.map((step) => ({ id: step, label: step, onAction: () => insert(step) }))}
        />
        <Menu
          label="Earlier queries"
          trigger={
            <Button
              look="quiet"
              icon="history"
              aria-label="Earlier queries"
              isDisabled={history.length === 0}
            />
          }
          entries={history.map(({ sql, rows }) => ({
            id: sql,
            label: sql.replaceAll(/\s+/g, ' ').trim().slice(0, 120),
            hint: rows === undefined ? 'failed' : formatAmount(rows, 'row'),
            onAction: () => box.write(sql),
          }))}
        />
      </div>
    </div>
  );
}

function Running({ since }: { readonly since: number }): ReactElement {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 250);
    return () => clearInterval(timer);
  }, []);
  return <>Asking … {formatDuration(Math.max(0, now - since))}</>;
}

function wordAt(text: string, position: number): string {
  return /^["\w.]+/.exec(text.slice(position))?.[0] ?? '';
}
