import type { ReactElement } from 'react';
import type { Example } from '../../examples/example.ts';
import { useApp } from '../../hooks/app-context.ts';
import { Button } from '../../ui/button.tsx';
import { formatAmount, formatBytes } from '../../ui/formats.ts';
import styles from './start-view.module.css';

/** An example in the gallery: what it works out, what of, and whose data it is. */
export function ExampleCard({ example }: { readonly example: Example }): ReactElement {
  const { state, routes } = useApp();
  const { id, title, description, rows, bytes, steps, shows, credits } = example;
  const run = (): void => {
    void state.open(id, { run: true });
    routes.go({ project: id });
  };
  return (
    <li className={styles.card} data-example={id}>
      <h3 className={styles.name}>{title}</h3>
      <p>{description}</p>
      <p className={styles.facts}>
        {formatAmount(rows, 'row')} · {formatBytes(bytes)} · {steps} steps
      </p>
      <ul className={styles.shows} aria-label="Shows">
        {shows.map((what) => (
          <li key={what}>{what}</li>
        ))}
      </ul>
      <div className={styles.actions}>
        <Button icon="play" onPress={run} aria-label={`Run ${title}`}>
          Run
        </Button>
        <Button look="quiet" onPress={() => routes.go({ project: id })} aria-label={`Open ${title}`}>
          Open
        </Button>
      </div>
      <p className={styles.credit}>
        {credits.map((credit) => (
          <span key={credit.title}>
            {credit.title}: <a href={credit.url}>{credit.source}</a>, {credit.license}
          </span>
        ))}
      </p>
    </li>
  );
}
