import { useEffect, useRef, type ReactElement } from 'react';
import { Tab, TabList } from 'react-aria-components/Tabs';
import { cx } from '../../ui/cx.ts';
import type { DocumentId } from './editor-documents.ts';
import styles from './editor-panel.module.css';

/** The pipeline, and the SQL of each step that has some. */
export function DocumentTabs({
  open,
  steps,
  faulty,
}: {
  readonly open: DocumentId;
  readonly steps: readonly string[];
  /** The documents in which something is wrong. */
  readonly faulty: ReadonlySet<DocumentId>;
}): ReactElement {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector('[data-selected]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [open]);
  const tab = (id: DocumentId, name: string, label: string): ReactElement => (
    <Tab
      key={id}
      id={id}
      className={cx(styles.tab)}
      aria-label={faulty.has(id) ? `${label}, with problems` : label}
    >
      {name}
      {faulty.has(id) ? <span className={styles.dot} /> : null}
    </Tab>
  );
  return (
    <TabList ref={list} aria-label="Documents" className={cx(styles.tabs)}>
      {tab('pipeline', 'pipeline.yaml', 'pipeline.yaml')}
      {steps.map((step) => tab(`sql:${step}`, step, `SQL of ${step}`))}
    </TabList>
  );
}
