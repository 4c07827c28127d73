import type { ReactElement } from 'react';
import { useSession } from '../../hooks/app-context.ts';
import { useReadable } from '../../hooks/use-readable.ts';
import { ErrorBox } from '../../ui/error-box.tsx';
import styles from './editor-panel.module.css';

/** The pipeline as text. */
export function EditorPanel(): ReactElement {
  const { project, definition, setYaml } = useSession();
  const { yaml } = useReadable(project);
  const defined = useReadable(definition);
  return (
    <div className={styles.editor}>
      <textarea
        className={styles.text}
        aria-label="Pipeline, as YAML"
        spellCheck={false}
        autoComplete="off"
        wrap="off"
        value={yaml}
        onChange={(event) => setYaml(event.target.value)}
      />
      {defined.status === 'invalid' ? (
        <div className={styles.faults}>
          <ErrorBox error={defined.error} />
        </div>
      ) : null}
    </div>
  );
}
