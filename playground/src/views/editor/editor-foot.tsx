import type { ReactElement } from 'react';
import { useSession } from '../../hooks/app-context.ts';
import { useReadable } from '../../hooks/use-readable.ts';
import { forecastWords } from '../../state/editor-marks.ts';
import { lastPlan } from '../../state/forecast.ts';
import { stepOf, type EditorDocuments } from './editor-documents.ts';
import styles from './editor-panel.module.css';

const mod = /^Mac|^iP/.test(navigator.platform) ? '⌘' : 'Ctrl';

/** What the next run would do with the step that is open, or what was done just now; and the way out by the keyboard. */
export function EditorFoot({ documents }: { readonly documents: EditorDocuments }): ReactElement {
  const { forecast } = useSession();
  const { open } = useReadable(documents);
  const notice = useReadable(documents.notice);
  const ahead = lastPlan(useReadable(forecast))?.steps.get(stepOf(open) ?? '');
  return (
    <div className={styles.foot}>
      {ahead === undefined || notice !== '' ? null : (
        <p className={styles.ahead} data-decision={ahead.decision}>
          {forecastWords(ahead)}
        </p>
      )}
      <p className={styles.notice} role="status">
        {notice}
      </p>
      <p className={styles.keys}>
        <kbd>{mod}+Enter</kbd> runs, <kbd>Esc</kbd> <kbd>Tab</kbd> leaves
      </p>
    </div>
  );
}
