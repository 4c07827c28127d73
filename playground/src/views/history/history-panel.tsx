import type { ReactElement } from 'react';
import { useSession } from '../../hooks/app-context.ts';
import { useReadable } from '../../hooks/use-readable.ts';
import { historySqlOf } from '../../state/history-sql.ts';
import { Segments } from '../../ui/segments.tsx';
import { RunsList } from './runs-list.tsx';
import { SqlView } from './sql-view.tsx';

/** All runs that were recorded: as a list, and in SQL. */
export function HistoryPanel(): ReactElement {
  const { side } = historySqlOf(useSession());
  return (
    <Segments
      label="History"
      chosen={useReadable(side)}
      onChoose={side.set}
      segments={[
        { id: 'runs', title: 'Runs', content: <RunsList /> },
        { id: 'sql', title: 'Ask in SQL', content: <SqlView /> },
      ]}
    />
  );
}
