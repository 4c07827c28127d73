import { useState, type DragEvent, type ReactElement } from 'react';
import { TabPanel, Tabs } from 'react-aria-components/Tabs';
import { useSession } from '../../hooks/app-context.ts';
import { useReadable } from '../../hooks/use-readable.ts';
import { forecastWords } from '../../state/editor-marks.ts';
import { lastPlan } from '../../state/forecast.ts';
import { cx } from '../../ui/cx.ts';
import { DocumentTabs } from './document-tabs.tsx';
import { documentsOf, stepOf, type DocumentId } from './editor-documents.ts';
import { editorExtensions } from './editor-extensions.ts';
import { EditorMenu } from './editor-menu.tsx';
import styles from './editor-panel.module.css';
import { FaultList } from './fault-list.tsx';
import { TextArea } from './text-area.tsx';

/** The pipeline as text, and the SQL of its steps. */
export function EditorPanel(): ReactElement {
  const session = useSession();
  const documents = documentsOf(session, editorExtensions);
  const { steps, open } = useReadable(documents);
  const faults = useReadable(documents.faults);
  const notice = useReadable(documents.notice);
  const ahead = lastPlan(useReadable(session.forecast))?.steps.get(stepOf(open) ?? '');
  const [isOver, setOver] = useState(false);
  const faulty = new Set<DocumentId>(
    faults.flatMap(({ step, sql, yaml }) => [
      ...(yaml === undefined ? [] : ['pipeline' as const]),
      ...(sql === undefined || step === undefined ? [] : [`sql:${step}` as const]),
    ]),
  );
  const drag = (event: DragEvent): void => {
    if (![...event.dataTransfer.items].some(({ kind }) => kind === 'file')) return;
    event.preventDefault();
    setOver(true);
  };
  return (
    <div
      className={styles.editor}
      onDragOver={drag}
      onDragLeave={() => setOver(false)}
      onDropCapture={(event) => {
        setOver(false);
        const [file] = event.dataTransfer.files;
        if (file === undefined || !/\.(?:ya?ml|json)$/i.test(file.name)) return;
        event.preventDefault();
        event.stopPropagation();
        void documents.openFile(file);
      }}
      data-over={isOver || undefined}
    >
      <Tabs
        className={cx(styles.documents)}
        selectedKey={open}
        onSelectionChange={(key) => {
          const id = key as DocumentId;
          documents.open(id);
          // Whoever goes back to the whole is still about the step, for the other panels.
          if (id !== 'pipeline') session.select(stepOf(id));
        }}
      >
        <div className={styles.bar}>
          <DocumentTabs steps={steps} faulty={faulty} />
          <EditorMenu documents={documents} />
        </div>
        <TabPanel id={open} className={cx(styles.panel)}>
          <TextArea documents={documents} />
        </TabPanel>
      </Tabs>
      {ahead === undefined ? null : (
        <p className={styles.ahead} data-decision={ahead.decision}>
          {forecastWords(ahead)}
        </p>
      )}
      <p className={styles.notice} role="status">
        {notice}
      </p>
      <FaultList faults={faults} open={open} onGo={(fault) => documents.goTo(fault)} />
    </div>
  );
}
