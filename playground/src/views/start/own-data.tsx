import type { ReactElement } from 'react';
import { FileTrigger } from 'react-aria-components/FileTrigger';
import { examples } from '../../examples/index.ts';
import { useApp } from '../../hooks/app-context.ts';
import { useReadable } from '../../hooks/use-readable.ts';
import { Button } from '../../ui/button.tsx';
import styles from './own-data.module.css';
import { ProjectRow } from './project-row.tsx';

/** Pipelines of the user's own, and how to begin one. */
export function OwnData(): ReactElement {
  const { state, routes, takeFiles } = useApp();
  const projects = useReadable(state.projects).filter(({ id }) => examples.every((one) => one.id !== id));
  const createEmpty = async (): Promise<void> => routes.go({ project: await state.createEmpty() });
  return (
    <section aria-labelledby="own" className={styles.own}>
      <h2 id="own" className={styles.heading}>
        Your own data
      </h2>
      <div className={styles.begin}>
        <p className={styles.words}>
          Drop CSV, JSON, Parquet or Arrow files anywhere on the page, or a pipeline as YAML.
        </p>
        <FileTrigger
          allowsMultiple
          onSelect={(list) => {
            if (list !== null) takeFiles([...list]);
          }}
        >
          <Button icon="upload">Choose files</Button>
        </FileTrigger>
        <Button look="quiet" onPress={() => void createEmpty()}>
          New empty pipeline
        </Button>
      </div>
      {projects.length === 0 ? null : (
        <ul className={styles.projects} aria-label="Your pipelines">
          {projects.map((project) => (
            <ProjectRow key={project.id} project={project} />
          ))}
        </ul>
      )}
    </section>
  );
}
