import { lazy, type ComponentType } from 'react';
import type { IconName } from '../ui/icon.tsx';

/** A part of the main screen of a project. Views beside one another in a place are tabs. */
export interface Panel {
  /** In the address: `#/flights/steps`. */
  readonly id: string;
  readonly title: string;
  readonly icon: IconName;
  /** `source`: left; `main`: right; `drawer`: below. On a narrow screen each is a page of its own. */
  readonly place: 'source' | 'main' | 'drawer';
  /** Whether it uses the hooks of `@cairn/web/react`, and so waits for the project's runner. @default false */
  readonly needsRunner?: boolean;
  /** Takes no props: it reads the opened project through hooks. */
  readonly View: ComponentType;
}

type Load = () => Promise<ComponentType>;

function panel({ load, ...rest }: Omit<Panel, 'View'> & { readonly load: Load }): Panel {
  return { ...rest, View: lazy(async () => ({ default: await load() })) };
}

/** The panels, in the order of their tabs. Each is a chunk of its own, loaded when it is shown first. */
export const panels: readonly Panel[] = [
  panel({
    id: 'pipeline',
    title: 'Pipeline',
    icon: 'code',
    place: 'source',
    load: async () => (await import('./editor/editor-panel.tsx')).EditorPanel,
  }),
  panel({
    id: 'graph',
    title: 'Graph',
    icon: 'graph',
    place: 'main',
    load: async () => (await import('./graph/graph-panel.tsx')).GraphPanel,
  }),
  panel({
    id: 'steps',
    title: 'Steps',
    icon: 'list',
    place: 'main',
    load: async () => (await import('./steps/steps-panel.tsx')).StepsPanel,
  }),
  panel({
    id: 'tables',
    title: 'Table',
    icon: 'table',
    place: 'drawer',
    load: async () => (await import('./tables/tables-panel.tsx')).TablesPanel,
  }),
  panel({
    id: 'chart',
    title: 'Chart',
    icon: 'chart',
    place: 'drawer',
    load: async () => (await import('./chart/chart-panel.tsx')).ChartPanel,
  }),
  panel({
    id: 'sql',
    title: 'SQL',
    icon: 'search',
    place: 'drawer',
    load: async () => (await import('./tables/sql-panel.tsx')).SqlPanel,
  }),
  panel({
    id: 'timeline',
    title: 'Timeline',
    icon: 'time',
    place: 'drawer',
    load: async () => (await import('./timeline/timeline-panel.tsx')).TimelinePanel,
  }),
  panel({
    id: 'why',
    title: 'Why',
    icon: 'question',
    place: 'drawer',
    load: async () => (await import('./why/why-panel.tsx')).WhyPanel,
  }),
  panel({
    id: 'checks',
    title: 'Checks',
    icon: 'shield',
    place: 'drawer',
    load: async () => (await import('./checks/checks-panel.tsx')).ChecksPanel,
  }),
  panel({
    id: 'history',
    title: 'History',
    icon: 'history',
    place: 'drawer',
    load: async () => (await import('./history/history-panel.tsx')).HistoryPanel,
  }),
  panel({
    id: 'storage',
    title: 'Storage',
    icon: 'storage',
    place: 'drawer',
    load: async () => (await import('./storage/storage-panel.tsx')).StoragePanel,
  }),
];
