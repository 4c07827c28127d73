import type { Readable } from './store.ts';

/** `auto` is what the system says. */
export type Theme = 'auto' | 'light' | 'dark';

/** The theme that the user has chosen. */
export interface ThemeChoice extends Readable<Theme> {
  choose(theme: Theme): void;
}
