import type { Column } from '@cairn/core';
import { useState, type ReactElement } from 'react';
import { Dialog } from 'react-aria-components/Dialog';
import { Popover } from 'react-aria-components/Popover';
import { useReadable } from '../../hooks/use-readable.ts';
import { columnKind } from '../../state/column-kind.ts';
import type { ColumnFilter } from '../../state/table-query.ts';
import type { TableGrid } from '../../state/table-grid.ts';
import { Button } from '../../ui/button.tsx';
import { cx } from '../../ui/cx.ts';
import { InlineSelect } from '../../ui/inline-select.tsx';
import { DialogActions } from '../../ui/popover-dialog.tsx';
import { TextField } from '../../ui/text-field.tsx';
import styles from './column-menu.module.css';
import { ColumnFacts } from './column-facts.tsx';

const kinds = {
  contains: 'contains',
  equals: 'is',
  range: 'from … to …',
  null: 'is null',
  filled: 'is not null',
} as const;

/** What can be done with a column: sort by it, filter by it, see what it holds. */
export function ColumnMenu({
  grid,
  column,
  element,
  onClose,
}: {
  readonly grid: TableGrid;
  readonly column: Column;
  /** What it is shown beside. */
  readonly element: Element;
  readonly onClose: () => void;
}): ReactElement {
  const { name, type } = column;
  const { lens } = useReadable(grid.state);
  const summary = useReadable(grid.summaries).get(name);
  const before = lens.filters[name];
  const [kind, setKind] = useState<ColumnFilter['kind']>(before?.kind ?? firstKind(type));
  const [text, setText] = useState(before !== undefined && 'text' in before ? before.text : '');
  const [range, setRange] = useState(before?.kind === 'range' ? before : { least: '', most: '' });
  const filter = (next: ColumnFilter | undefined): void => {
    const { [name]: _before, ...others } = lens.filters;
    grid.look({ filters: next === undefined ? others : { ...others, [name]: next } });
    onClose();
  };
  const apply = (): void => {
    if (kind === 'range')
      filter(range.least.trim() === '' && range.most.trim() === '' ? undefined : { kind, ...bounds(range) });
    else if (kind === 'contains' || kind === 'equals')
      filter(text === '' && kind === 'contains' ? undefined : { kind, text });
    else filter({ kind });
  };
  const sorted = lens.sort?.column !== name ? undefined : lens.sort.descending ? 'down' : 'up';
  const sort = (descending: boolean | undefined) => () => {
    grid.look({ sort: descending === undefined ? undefined : { column: name, descending } });
    onClose();
  };
  return (
    <Popover
      isOpen
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose();
      }}
      triggerRef={{ current: element }}
      placement="bottom start"
      className={cx(styles.popover)}
    >
      <Dialog aria-label={`Column ${name}`} className={cx(styles.dialog)}>
        <header className={styles.head}>
          <h3 className={styles.name}>{name}</h3>
          <code className={styles.type}>{type}</code>
        </header>
        <ColumnFacts
          state={summary}
          column={column}
          onPick={(value) => filter({ kind: 'equals', text: value })}
        />
        <div className={styles.line} role="group" aria-label="Sort">
          <Button onPress={sort(false)} isDisabled={sorted === 'up'}>
            Sort ↑
          </Button>
          <Button onPress={sort(true)} isDisabled={sorted === 'down'}>
            Sort ↓
          </Button>
          {sorted !== undefined ? (
            <Button look="quiet" onPress={sort(undefined)}>
              As stored
            </Button>
          ) : null}
        </div>
        <form
          className={styles.filter}
          onSubmit={(event) => {
            event.preventDefault();
            apply();
          }}
        >
          <InlineSelect
            label="Kind of filter"
            prefix="Rows where it"
            value={kind}
            choices={Object.entries(kinds).map(([id, label]) => ({ id, label }))}
            onChange={(id) => setKind(id as ColumnFilter['kind'])}
          />
          {kind === 'contains' || kind === 'equals' ? (
            <TextField label="Value" hint={undefined} value={text} onChange={setText} />
          ) : null}
          {kind === 'range' ? (
            <div className={styles.bounds}>
              <TextField
                label="From"
                hint={undefined}
                value={range.least}
                onChange={(least) => setRange({ ...range, least })}
              />
              <TextField
                label="To"
                hint={undefined}
                value={range.most}
                onChange={(most) => setRange({ ...range, most })}
              />
            </div>
          ) : null}
          <DialogActions>
            {before === undefined ? null : (
              <Button look="quiet" onPress={() => filter(undefined)}>
                No filter
              </Button>
            )}
            <Button look="primary" type="submit">
              Filter
            </Button>
          </DialogActions>
        </form>
      </Dialog>
    </Popover>
  );
}

function firstKind(type: string): ColumnFilter['kind'] {
  const kind = columnKind(type);
  if (kind === 'number' || kind === 'temporal') return 'range';
  return kind === 'boolean' ? 'equals' : 'contains';
}

function bounds({ least, most }: { readonly least: string; readonly most: string }): {
  readonly least: string;
  readonly most: string;
} {
  return { least, most };
}
