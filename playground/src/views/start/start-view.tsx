import type { ReactElement } from 'react';
import { examples } from '../../examples/index.ts';
import { useApp } from '../../hooks/app-context.ts';
import { useReadable } from '../../hooks/use-readable.ts';
import { ExampleCard } from './example-card.tsx';
import { OwnData } from './own-data.tsx';
import styles from './start-view.module.css';

/** The gallery: what this is, and the examples. */
export function StartView(): ReactElement {
  const projects = useReadable(useApp().state.projects);
  return (
    <main className={styles.start}>
      <div className={styles.intro}>
        <h1 className={styles.title}>See a pipeline run. Break it. Mend it.</h1>
        <p className={styles.lead}>
          Cairn keeps what each step of a data pipeline has made, so a run that was killed goes on where it
          was, and a change costs only what depends on it. Here it runs in this tab, on real data: nothing is
          sent anywhere.
        </p>
      </div>
      <OwnData />
      <section aria-labelledby="examples">
        <h2 id="examples" className={styles.heading}>
          Examples
        </h2>
        <ul className={styles.cards}>
          {examples.map((example) => (
            <ExampleCard
              key={example.id}
              example={example}
              isChanged={projects.some((project) => project.id === example.id)}
            />
          ))}
        </ul>
      </section>
      <section aria-labelledby="how" className={styles.how}>
        <h2 id="how" className={styles.heading}>
          What happens when you run one
        </h2>
        <ol className={styles.points}>
          <li>
            <strong>DuckDB is loaded, once.</strong> It is the database that computes the steps: 34 MB of
            WebAssembly from this site, kept by your browser.
          </li>
          <li>
            <strong>Every step&apos;s table is kept</strong> in this browser, under a fingerprint of what made
            it: its code, its params, its inputs.
          </li>
          <li>
            <strong>Change something, and run again.</strong> Only what depends on the change is computed.
            Reload the page in the middle of it, if you like.
          </li>
        </ol>
      </section>
    </main>
  );
}
