import type { ReactElement } from 'react';
import type { Example } from '../../examples/example.ts';
import { useApp } from '../../hooks/app-context.ts';
import { Button } from '../../ui/button.tsx';
import { formatAmount, formatBytes } from '../../ui/formats.ts';
import { FlowSketch } from './flow-sketch.tsx';
import styles from './start-view.module.css';

/** An example in the gallery: what it works out, what of, and whose data it is. */
export function ExampleCard({
  example,
  isChanged,
}: {
  readonly example: Example;
  /** Whether the user has changed its text or its params. */
  readonly isChanged: boolean;
}): ReactElement {
  const { state, routes } = useApp();
  const { id, title, description, rows, bytes, flow, shows, credits } = example;
  const run = (): void => {
    void state.open(id, { run: true });
    routes.go({ project: id });
  };
  return (
    <li className={styles.card} data-example={id}>
      <FlowSketch flow={flow} />
      <h3 className={styles.name}>{title}</h3>
      <p className={styles.description}>{description}</p>
      <p className={styles.facts}>
        {formatAmount(rows, 'row')} · {formatBytes(bytes)} · {formatAmount(Object.keys(flow).length, 'step')}
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
        {isChanged ? (
          <Button
            look="quiet"
            icon="reset"
            onPress={() => void state.forget(id)}
            aria-label={`Undo your changes of ${title}`}
            className={styles.undo}
          >
            Undo changes
          </Button>
        ) : null}
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
