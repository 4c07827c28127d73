import type { ReactElement } from 'react';

/** Drawn on a grid of 16, one line thick. */
const paths = {
  play: 'M5 3.2v9.6l7.6-4.8z',
  stop: 'M4.5 4.5h7v7h-7z',
  chevronDown: 'M4 6.2 8 10l4-3.8',
  chevronRight: 'M6.2 4 10 8l-3.8 4',
  back: 'M9.8 3.8 5.6 8l4.2 4.2',
  check: 'M3.4 8.4 6.6 11.6 12.6 4.8',
  cross: 'M4.2 4.2l7.6 7.6M11.8 4.2l-7.6 7.6',
  reuse: 'M3 7.2A5 5 0 0 1 12.4 6M13 8.8A5 5 0 0 1 3.6 10M12.8 3v3.2H9.6M3.2 13V9.8h3.2',
  dot: 'M8 7.2a.8.8 0 1 1 0 1.6.8.8 0 0 1 0-1.6z',
  circle: 'M8 3.2a4.8 4.8 0 1 1 0 9.6 4.8 4.8 0 0 1 0-9.6z',
  skip: 'M4 8h8',
  warning: 'M8 2.6 14 13H2zM8 6.6v3M8 11.2v.1',
  more: 'M3.5 8h.1M8 8h.1M12.5 8h.1',
  sliders: 'M3 4.8h6M12 4.8h1M3 11.2h1M7 11.2h6M10.5 3.2v3.2M5.5 9.6v3.2',
  sun: 'M8 5.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6zM8 1.6v1.2M8 13.2v1.2M1.6 8h1.2M13.2 8h1.2M3.5 3.5l.8.8M11.7 11.7l.8.8M12.5 3.5l-.8.8M4.3 11.7l-.8.8',
  moon: 'M13 9.4A5.4 5.4 0 0 1 6.6 3 5.4 5.4 0 1 0 13 9.4z',
  auto: 'M8 2.8a5.2 5.2 0 1 1 0 10.4zM8 2.8a5.2 5.2 0 0 0 0 10.4',
  code: 'M5.6 4.6 2.4 8l3.2 3.4M10.4 4.6 13.6 8l-3.2 3.4',
  list: 'M5.6 4.4h7.4M5.6 8h7.4M5.6 11.6h7.4M2.8 4.4h.1M2.8 8h.1M2.8 11.6h.1',
  graph:
    'M2.8 6.2h3.4v3.6H2.8zM9.8 2.6h3.4v3.4H9.8zM9.8 10h3.4v3.4H9.8zM6.2 8h1.6M7.8 4.3v7.4M7.8 4.3h2M7.8 11.7h2',
  table: 'M2.6 3.4h10.8v9.2H2.6zM2.6 6.6h10.8M6.4 6.6v6',
  chart: 'M2.8 2.8v10.4h10.4M5.6 10.4V7.6M8.6 10.4V4.8M11.6 10.4V6.4',
  time: 'M2.6 4.4h5.2M5.4 8h5.2M8.6 11.6h4.8',
  history: 'M8 4.8V8l2.2 1.4M3 8a5 5 0 1 0 1.6-3.7M2.8 2.8v2.4h2.4',
  question: 'M5.8 6a2.2 2.2 0 1 1 3.2 2c-.7.4-1 .8-1 1.5M8 11.8v.1',
  shield: 'M8 2.4 13 4v4c0 3-2.2 4.8-5 5.6C5.2 12.8 3 11 3 8V4zM5.8 8l1.6 1.6 2.8-3.2',
  storage:
    'M3 4.4C3 3.3 5.2 2.6 8 2.6s5 .7 5 1.8v7.2c0 1.1-2.2 1.8-5 1.8s-5-.7-5-1.8zM3 4.4c0 1.1 2.2 1.8 5 1.8s5-.7 5-1.8M3 8c0 1.1 2.2 1.8 5 1.8s5-.7 5-1.8',
  bolt: 'M9 2.2 3.6 9h4l-.8 4.8L12.4 7h-4z',
  filter: 'M2.8 3.6h10.4L9.4 8.2v4.2l-2.8 1.2V8.2z',
  search: 'M7 3a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM10 10l3.4 3.4',
  copy: 'M5.8 5.8h7.4v7.4H5.8zM10.2 5.8v-3H2.8v7.4h3',
  file: 'M4 2.4h5l3 3v8.2H4zM9 2.4v3h3',
  upload: 'M8 10.4V3M5 5.8 8 2.8l3 3M3 10.6v2.6h10v-2.6',
  download: 'M8 2.8v7.4M5 7.4l3 3 3-3M3 10.6v2.6h10v-2.6',
  external: 'M6.4 3.4H3.2v9.4h9.4V9.6M9 2.8h4.2V7M13 3 7.6 8.4',
  offline: 'M4.6 12.4h6.8a2.8 2.8 0 0 0 .5-5.6A4 4 0 0 0 4.3 7.4a2.5 2.5 0 0 0 .3 5zM6.4 9.4l1.3 1.3 2.2-2.4',
  plus: 'M8 3.4v9.2M3.4 8h9.2',
  minus: 'M3.4 8h9.2',
  fit: 'M6 2.8H2.8V6M10 2.8h3.2V6M13.2 10v3.2H10M2.8 10v3.2H6',
  merge: 'M2.8 4h2.6c2.6 0 2.6 4 5.2 4h2.6M2.8 12h2.6c2.6 0 2.6-4 5.2-4M11 5.8 13.2 8 11 10.2',
  reset: 'M3 8a5 5 0 1 0 1.6-3.7M2.8 2.8v2.4h2.4',
} as const;

/** The icons that there are. */
export type IconName = keyof typeof paths;

/** An icon beside words, which say the same: screen readers pass over it. */
export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }): ReactElement {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.4"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={paths[name]} />
    </svg>
  );
}

/** The shape of an icon, for what is drawn without React. */
export function iconPath(name: IconName): string {
  return paths[name];
}
