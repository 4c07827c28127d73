import { memo, useEffect, useRef, type ComponentProps, type ReactElement } from 'react';
import { Tab, TabList } from 'react-aria-components/Tabs';
import { useReadable } from '../../hooks/use-readable.ts';
import type { Fault } from '../../state/editor-faults.ts';
import { cx } from '../../ui/cx.ts';
import type { DocumentId, EditorDocuments } from './editor-documents.ts';
import styles from './editor-panel.module.css';

/** The pipeline, and the SQL of each step that has some. */
export function DocumentTabs({ documents }: { readonly documents: EditorDocuments }): ReactElement {
  const { steps, open } = useReadable(documents);
  const faulty = faultyDocuments(useReadable(documents.faults)).join('\n');
  return <TabStrip steps={steps} open={open} faulty={faulty} />;
}

/** The documents in which something is wrong. */
function faultyDocuments(faults: readonly Fault[]): readonly DocumentId[] {
  const found = faults.flatMap(({ step, sql, yaml }): readonly DocumentId[] => [
    ...(yaml === undefined ? [] : (['pipeline'] as const)),
    ...(sql === undefined || step === undefined ? [] : [`sql:${step}` as const]),
  ]);
  return [...new Set(found)];
}

/** There may be hundreds of tabs: they are drawn again only when one of them is another. */
const TabStrip = memo(function TabStrip({
  steps,
  open,
  faulty,
}: {
  readonly steps: readonly string[];
  readonly open: DocumentId;
  /** The documents with problems, one a line. */
  readonly faulty: string;
}): ReactElement {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector('[data-selected]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [open]);
  const wrong = new Set(faulty.split('\n'));
  const tab = (id: DocumentId, name: string, label: string): ReactElement => (
    <Tab
      key={id}
      id={id}
      className={cx(styles.tab)}
      // All open in one place, which has the id of one of them.
      render={(props) => <div {...(props as ComponentProps<'div'>)} aria-controls={undefined} />}
      aria-label={wrong.has(id) ? `${label}, with problems` : label}
    >
      {name}
      {wrong.has(id) ? <span className={styles.dot} /> : null}
    </Tab>
  );
  return (
    <TabList ref={list} aria-label="Documents" className={cx(styles.tabs)}>
      {tab('pipeline', 'pipeline.yaml', 'pipeline.yaml')}
      {steps.map((step) => tab(`sql:${step}`, step, `SQL of ${step}`))}
    </TabList>
  );
});
