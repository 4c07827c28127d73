import { useCallback } from 'react';
import { useApp } from './app-context.ts';
import { useReadable } from './use-readable.ts';

/** The panel that was chosen last, by its id, and how to show another one. */
export function usePanel(): readonly [string | undefined, (id: string) => void] {
  const { routes } = useApp();
  const { panel, project } = useReadable(routes);
  const show = useCallback((id: string) => routes.replace({ project, panel: id }), [routes, project]);
  return [panel, show];
}
