import type { ReactElement, ReactNode } from 'react';
import { useSession } from '../../hooks/app-context.ts';
import { useReadable } from '../../hooks/use-readable.ts';
import { tablesOf, type OpenTables } from '../../state/opened-tables.ts';
import { Button } from '../../ui/button.tsx';
import { Empty, Loading } from '../../ui/empty.tsx';
import { ErrorBox } from '../../ui/error-box.tsx';
import styles from './stored-tables.module.css';

/** What shows the project's stored tables, and what stands in its place as long as there are none. */
export function StoredTables({
  title,
  hint,
  children,
}: {
  /** When nothing is stored yet. */
  readonly title: string;
  /** What a run would bring. */
  readonly hint: ReactNode;
  readonly children: (tables: OpenTables) => ReactElement;
}): ReactElement {
  const session = useSession();
  const tables = tablesOf(session);
  const state = useReadable(tables);
  switch (state.status) {
    case 'opening':
      return <Loading what="Opening the stored tables ..." />;
    case 'none':
      return (
        <Empty
          title={title}
          action={
            <Button icon="play" onPress={() => void session.start()}>
              Run the pipeline
            </Button>
          }
        >
          {hint}
        </Empty>
      );
    case 'failed':
      return (
        <div className={styles.fault}>
          <ErrorBox
            error={state.error}
            title="The stored tables could not be opened."
            action={
              <Button icon="reset" onPress={tables.reopen}>
                Try again
              </Button>
            }
          />
        </div>
      );
    case 'open':
      return children(state);
  }
}
