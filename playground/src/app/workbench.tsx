import { useState, type ReactElement } from 'react';
import { SessionContext } from '../hooks/app-context.ts';
import { useMedia } from '../hooks/use-media.ts';
import { usePanel } from '../hooks/use-panel.ts';
import { useReadable } from '../hooks/use-readable.ts';
import type { Session } from '../state/session.ts';
import { Splitter } from '../ui/splitter.tsx';
import { BreakButton } from '../views/break/break-button.tsx';
import { DamageStatus } from '../views/break/damage-status.tsx';
import { LockedFiles } from '../views/data/locked-files.tsx';
import { panels, type Panel } from '../views/panels.ts';
import { ForecastLine } from '../views/run/forecast-words.tsx';
import { RunBar } from '../views/run/run-bar.tsx';
import { RunStatus } from '../views/run/run-status.tsx';
import { ChangedElsewhere } from '../views/tabs/changed-elsewhere.tsx';
import { Header } from './header.tsx';
import { PanelTabs } from './panel-tabs.tsx';
import styles from './workbench.module.css';

const titles = { source: 'Source', main: 'Overview', drawer: 'Details' } as const;

/** The main screen of a project: text on the left, the pipeline on the right, details below; one after the other where there is no room. */
export function Workbench({ session }: { readonly session: Session }): ReactElement {
  const isNarrow = useMedia('(max-width: 56rem)');
  const { title } = useReadable(session.project);
  return (
    <SessionContext value={session}>
      <div className={styles.workbench}>
        <Header title={title}>
          <RunBar>
            <BreakButton />
          </RunBar>
        </Header>
        <ChangedElsewhere />
        <LockedFiles />
        <ForecastLine />
        <RunStatus />
        <DamageStatus />
        {isNarrow ? <OneColumn /> : <Places />}
      </div>
    </SessionContext>
  );
}

function OneColumn(): ReactElement {
  const [panel, show] = usePanel();
  const chosen = panels.find(({ id }) => id === panel) ?? panels.find(({ place }) => place === 'main');
  return (
    <main className={styles.places}>
      <PanelTabs label="Panels" panels={panels} chosen={chosen?.id ?? ''} onChoose={show} isBelow />
    </main>
  );
}

function Places(): ReactElement {
  const [panel, show] = usePanel();
  const [across, setAcross] = useState(42);
  const [down, setDown] = useState(58);
  const [last, setLast] = useState<Partial<Record<Panel['place'], string>>>({});

  const place = (name: Panel['place']): ReactElement | null => {
    const own = panels.filter((one) => one.place === name);
    const ids = own.map(({ id }) => id);
    // The address names one panel; the other places keep what they showed.
    const chosen = [panel, last[name]].find((id) => id !== undefined && ids.includes(id)) ?? ids[0];
    if (chosen === undefined) return null;
    if (panel === chosen && last[name] !== chosen) setLast({ ...last, [name]: chosen });
    return <PanelTabs label={titles[name]} panels={own} chosen={chosen} onChoose={show} />;
  };
  const drawer = place('drawer');
  return (
    <main className={styles.places}>
      <div className={styles.upper} style={{ flexBasis: drawer === null ? '100%' : `${down}%` }}>
        <div className={styles.side} style={{ flexBasis: `${across}%` }}>
          {place('source')}
        </div>
        <Splitter label="Width of the source" axis="x" value={across} onChange={setAcross} />
        <div className={styles.side} style={{ flexBasis: `${100 - across}%` }}>
          {place('main')}
        </div>
      </div>
      {drawer === null ? null : (
        <>
          <Splitter label="Height of the details" axis="y" value={down} onChange={setDown} />
          <div className={styles.lower} style={{ flexBasis: `${100 - down}%` }}>
            {drawer}
          </div>
        </>
      )}
    </main>
  );
}
