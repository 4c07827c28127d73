import type { ReactElement, ReactNode } from 'react';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components/Tabs';
import { cx } from './cx.ts';
import styles from './segments.module.css';

/** One of several sides of a panel. */
export interface Segment {
  readonly id: string;
  readonly title: string;
  readonly content: ReactNode;
}

/** The sides of a panel, one of which is seen. */
export function Segments({
  label,
  segments,
  chosen,
  onChoose,
}: {
  readonly label: string;
  readonly segments: readonly Segment[];
  readonly chosen: string;
  readonly onChoose: (id: string) => void;
}): ReactElement {
  return (
    <Tabs className={cx(styles.tabs)} selectedKey={chosen} onSelectionChange={(key) => onChoose(String(key))}>
      <TabList aria-label={label} className={cx(styles.list)}>
        {segments.map(({ id, title }) => (
          <Tab key={id} id={id} className={cx(styles.tab)}>
            {title}
          </Tab>
        ))}
      </TabList>
      {segments.map(({ id, content }) => (
        <TabPanel key={id} id={id} className={cx(styles.panel)}>
          {content}
        </TabPanel>
      ))}
    </Tabs>
  );
}
