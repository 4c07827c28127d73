import { useState, type ReactElement } from 'react';
import { Input } from 'react-aria-components/Input';
import { TextField } from 'react-aria-components/TextField';
import { useReadable } from '../../hooks/use-readable.ts';
import type { TableGrid } from '../../state/table-grid.ts';
import { Button } from '../../ui/button.tsx';
import { cx } from '../../ui/cx.ts';
import { formatAmount } from '../../ui/formats.ts';
import styles from './where-box.module.css';

/** A condition of one's own, in SQL; and what is filtered and sorted, which one press undoes. */
export function WhereBox({ grid }: { readonly grid: TableGrid }): ReactElement {
  const { lens } = useReadable(grid.state);
  const [draft, setDraft] = useState<string>();
  const filters = Object.keys(lens.filters).length;
  const isPlain = filters === 0 && lens.where.trim() === '' && lens.sort === undefined;
  const apply = (text: string): void => {
    setDraft(undefined);
    if (text !== lens.where) grid.look({ where: text });
  };
  return (
    <>
      {isPlain ? null : (
        <Button
          look="quiet"
          icon="cross"
          onPress={() => {
            setDraft(undefined);
            grid.look({ filters: {}, where: '', sort: undefined });
          }}
        >
          {filters > 0 ? formatAmount(filters, 'filter') : 'Show all'}
        </Button>
      )}
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          apply(draft ?? lens.where);
        }}
      >
        <TextField
          aria-label="Condition, in SQL"
          className={cx(styles.field)}
          value={draft ?? lens.where}
          onChange={setDraft}
        >
          <span className={styles.prefix} aria-hidden="true">
            where
          </span>
          <Input
            className={cx(styles.input)}
            placeholder="a condition in SQL"
            spellCheck={false}
            autoComplete="off"
          />
        </TextField>
      </form>
    </>
  );
}
