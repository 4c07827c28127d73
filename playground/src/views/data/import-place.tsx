import { lazy, Suspense, type ReactElement } from 'react';
import { useApp } from '../../hooks/app-context.ts';
import { useReadable } from '../../hooks/use-readable.ts';
import { DropOverlay } from './drop-overlay.tsx';

const ImportDialog = lazy(async () => ({ default: (await import('./import-dialog.tsx')).ImportDialog }));

/** Where files come in, whatever is on the screen. */
export function ImportPlace(): ReactElement {
  const state = useReadable(useApp().state.imports);
  return (
    <>
      <DropOverlay />
      {state.status === 'closed' ? null : (
        <Suspense>
          <ImportDialog state={state} />
        </Suspense>
      )}
    </>
  );
}
