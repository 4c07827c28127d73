import type { ReactElement } from 'react';
import type { ReadFile } from '../../state/read-files.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorBox } from '../../ui/error-box.tsx';
import { formatAmount, formatBytes } from '../../ui/formats.ts';
import styles from './import-dialog.module.css';

const typeWords: Readonly<Record<string, string>> = {
  csv: 'CSV',
  json: 'JSON',
  parquet: 'Parquet',
  arrow: 'Arrow',
};

const optionWords: Readonly<Record<string, (value: string) => string>> = {
  delimiter: (value) => (value === '\t' ? 'with tabs' : `with '${value}'`),
  encoding: (value) => value,
  pointer: (value) => `rows at ${value}`,
};

/** A file: what it is, its columns and their types, and its first rows. */
export function FilePreview({
  file,
  canLeaveOut,
  onLeaveOut,
}: {
  readonly file: ReadFile;
  readonly canLeaveOut: boolean;
  readonly onLeaveOut: () => void;
}): ReactElement {
  const { name, size, step, type, options, sample, error } = file;
  const facts = [
    error === undefined ? typeWords[type] : undefined,
    ...Object.entries(options).map(([key, value]) => optionWords[key]?.(value)),
    formatBytes(size),
    sample && formatAmount(sample.rows, 'row'),
  ].filter((fact) => fact !== undefined);
  return (
    <section className={styles.file} aria-label={name} data-file={name}>
      <header className={styles.head}>
        <h3 className={styles.name}>{name}</h3>
        <p className={styles.facts}>{facts.join(' · ')}</p>
        {canLeaveOut ? (
          <Button look="quiet" icon="cross" aria-label={`Leave ${name} out`} onPress={onLeaveOut} />
        ) : null}
      </header>
      {error === undefined ? null : <ErrorBox error={error} />}
      {sample === undefined ? null : (
        <div
          className={styles.scroll}
          // Wide tables are scrolled, also with the keyboard.
          tabIndex={0}
          role="group"
          aria-label={`First rows of ${name}`}
        >
          <table className={styles.table}>
            <caption className={styles.caption}>
              The step <code>{step}</code>
            </caption>
            <thead>
              <tr>
                {sample.columns.map((column) => (
                  <th key={column.name} scope="col">
                    {column.name} <span className={styles.type}>{column.type}</span>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {sample.first.map((row, index) => (
                <tr key={index}>
                  {row.map((text, at) => (
                    <td key={at} data-null={text === undefined || undefined}>
                      {text ?? 'null'}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
