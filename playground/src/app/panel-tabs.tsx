import { Suspense, useEffect, useRef, type ReactElement } from 'react';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components/Tabs';
import { WithRunner } from '../hooks/with-runner.tsx';
import { cx } from '../ui/cx.ts';
import { Loading } from '../ui/empty.tsx';
import { Icon } from '../ui/icon.tsx';
import type { Panel } from '../views/panels.ts';
import { ErrorBoundary } from './error-boundary.tsx';
import styles from './panel-tabs.module.css';

/** Panels that share a place, one of them shown. */
export function PanelTabs({
  label,
  panels,
  chosen,
  onChoose,
  isBelow = false,
}: {
  readonly label: string;
  readonly panels: readonly Panel[];
  readonly chosen: string;
  readonly onChoose: (id: string) => void;
  /** Whether the tabs stand under the panel, where a thumb reaches them. */
  readonly isBelow?: boolean;
}): ReactElement {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector('[data-selected]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [chosen]);
  const tabs = (
    <TabList ref={list} aria-label={label} className={cx(styles.list)}>
      {panels.map(({ id, title, icon }) => (
        <Tab key={id} id={id} className={cx(styles.tab)}>
          <Icon name={icon} />
          {title}
        </Tab>
      ))}
    </TabList>
  );
  return (
    <Tabs
      className={cx(styles.tabs, isBelow && styles.below)}
      selectedKey={chosen}
      onSelectionChange={(key) => onChoose(String(key))}
    >
      {tabs}
      {panels.map(({ id, title, View, needsRunner = false }) => (
        <TabPanel key={id} id={id} className={cx(styles.panel)}>
          <ErrorBoundary what={`The panel '${title}'`}>
            <Suspense fallback={<Loading what={`Loading ${title} ...`} />}>
              {needsRunner ? (
                <WithRunner>
                  <View />
                </WithRunner>
              ) : (
                <View />
              )}
            </Suspense>
          </ErrorBoundary>
        </TabPanel>
      ))}
    </Tabs>
  );
}
