import type { ReactElement } from 'react';
import { TabPanel, Tabs } from 'react-aria-components/Tabs';
import { useSession } from '../../hooks/app-context.ts';
import { useReadable } from '../../hooks/use-readable.ts';
import { cx } from '../../ui/cx.ts';
import { DocumentTabs } from './document-tabs.tsx';
import { documentsOf, stepOf, type DocumentId } from './editor-documents.ts';
import { editorExtensions } from './editor-extensions.ts';
import { EditorFoot } from './editor-foot.tsx';
import { EditorMenu } from './editor-menu.tsx';
import styles from './editor-panel.module.css';
import { FaultList } from './fault-list.tsx';
import { TextArea } from './text-area.tsx';

/** The pipeline as text, and the SQL of its steps. */
export function EditorPanel(): ReactElement {
  const session = useSession();
  const documents = documentsOf(session, editorExtensions);
  const { open } = useReadable(documents);
  return (
    <div className={styles.editor}>
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
          <DocumentTabs documents={documents} />
          <EditorMenu documents={documents} />
        </div>
        <TabPanel id={open} className={cx(styles.panel)}>
          <TextArea documents={documents} />
        </TabPanel>
      </Tabs>
      <EditorFoot documents={documents} />
      <FaultList documents={documents} />
    </div>
  );
}
