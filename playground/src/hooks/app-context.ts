import { createContext, useContext } from 'react';
import type { AppState } from '../state/app-state.ts';
import type { GraphLayout } from '../state/graph-shape.ts';
import type { Offline } from '../state/offline.ts';
import type { Routes } from '../state/route.ts';
import type { Session } from '../state/session.ts';
import type { Exports } from '../state/table-export.ts';
import type { Readable } from '../state/store.ts';
import type { StorageControls } from '../state/storage.ts';
import type { ThemeChoice } from '../state/theme.ts';

/** What the whole app shares. */
export interface App {
  readonly state: AppState;
  readonly routes: Routes;
  readonly theme: ThemeChoice;
  readonly offline: Offline;
  readonly storage: StorageControls;
  readonly layout: GraphLayout;
  readonly exports: Exports;
  /** Hands a file to the user. */
  readonly download: (file: File) => void;
  /** Whether files are held over the page. */
  readonly drops: Readable<'nothing' | 'over'>;
  /** Makes a pipeline of files that the user has chosen. */
  takeFiles(files: readonly File[]): void;
}

export const AppContext = createContext<App | undefined>(undefined);

/** The app that a view is part of. */
export function useApp(): App {
  const app = useContext(AppContext);
  if (app === undefined) throw new Error('a view stands outside of the app');
  return app;
}

export const SessionContext = createContext<Session | undefined>(undefined);

/** The opened project that a view is about. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === undefined) throw new Error('a view stands outside of a project');
  return session;
}
