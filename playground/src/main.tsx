import './ui/tokens.css';
import './ui/base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { followRoutes } from './app/follow-routes.ts';
import { workerLayout } from './effects/graph-layout.ts';
import { browserExports } from './effects/exports.ts';
import { download } from './effects/download.ts';
import { browserDrops, given } from './effects/drops.ts';
import { browserOffline } from './effects/offline.ts';
import { browserRoutes } from './effects/route.ts';
import { browserTheme } from './effects/theme.ts';
import { browserWorld } from './effects/world.ts';
import { createAppState } from './state/app-state.ts';
import type { GivenFile } from './state/ports.ts';

const routes = browserRoutes();
const theme = browserTheme();
const offline = browserOffline();
const layout = workerLayout();
const exports = browserExports();
const { world, storage } = browserWorld();
const state = createAppState(world);
followRoutes(routes, state);
const take = async (files: readonly GivenFile[]): Promise<void> => {
  const project = await state.imports.open(files);
  if (project !== undefined) routes.go({ project });
};
const drops = browserDrops((files) => void take(files));
const takeFiles = (files: readonly File[]): void => void take(files.map((file) => given(file)));

const root = document.querySelector('#app');
if (root === null) throw new Error('the page has no place for the app');
createRoot(root).render(
  <StrictMode>
    <App app={{ state, routes, theme, offline, storage, layout, exports, download, drops, takeFiles }} />
  </StrictMode>,
);
