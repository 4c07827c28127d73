import { createStore } from '../state/store.ts';
import type { Theme, ThemeChoice } from '../state/theme.ts';

const key = 'cairn-playground-theme';

/** Shows the page in the theme that was chosen last. */
export function browserTheme(): ThemeChoice {
  const store = createStore<Theme>(stored());
  const show = (theme: Theme): void => {
    const { dataset } = document.documentElement;
    if (theme === 'auto') delete dataset['theme'];
    else dataset['theme'] = theme;
  };
  show(store.getSnapshot());
  return {
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    choose(theme) {
      store.set(theme);
      show(theme);
      try {
        localStorage.setItem(key, theme);
      } catch {
        // Without storage it lasts as long as the page.
      }
    },
  };
}

function stored(): Theme {
  try {
    const value = localStorage.getItem(key);
    return value === 'light' || value === 'dark' ? value : 'auto';
  } catch {
    return 'auto';
  }
}
