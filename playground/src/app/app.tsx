import { lazy, Suspense, type ReactElement } from 'react';
import { AppContext, type App as AppFacts } from '../hooks/app-context.ts';
import { useReadable } from '../hooks/use-readable.ts';
import { Button } from '../ui/button.tsx';
import { Empty, Loading } from '../ui/empty.tsx';
import { ErrorBox } from '../ui/error-box.tsx';
import { ImportPlace } from '../views/data/import-place.tsx';
import { StartView } from '../views/start/start-view.tsx';
import styles from './app.module.css';
import { ErrorBoundary } from './error-boundary.tsx';
import { Header } from './header.tsx';

const Workbench = lazy(async () => ({ default: (await import('./workbench.tsx')).Workbench }));

/** The whole app. */
export function App({ app }: { readonly app: AppFacts }): ReactElement {
  return (
    <AppContext value={app}>
      <ErrorBoundary what="The playground">
        <CurrentScreen app={app} />
        <ImportPlace />
      </ErrorBoundary>
    </AppContext>
  );
}

function CurrentScreen({ app: { state, routes } }: { readonly app: AppFacts }): ReactElement {
  const screen = useReadable(state.screen);
  switch (screen.name) {
    case 'start':
      return (
        <div className={styles.page}>
          <Header />
          <StartView />
        </div>
      );
    case 'opening':
      return <Opening project={screen.project} />;
    case 'project':
      return (
        <Suspense fallback={<Opening project={screen.session.project.getSnapshot().title} />}>
          <Workbench session={screen.session} />
        </Suspense>
      );
    case 'missing':
      return (
        <div className={styles.page}>
          <Header />
          <Empty
            title={`There is no project '${screen.project}' in this browser`}
            action={<Button onPress={() => routes.go({})}>See the examples</Button>}
          >
            Projects are kept where they were made, and nowhere else.
          </Empty>
          {screen.error === undefined ? null : <ErrorBox error={screen.error} />}
        </div>
      );
  }
}

function Opening({ project }: { readonly project: string }): ReactElement {
  return (
    <div className={styles.page}>
      <Header title={project} />
      <Loading what="Opening ..." />
    </div>
  );
}
