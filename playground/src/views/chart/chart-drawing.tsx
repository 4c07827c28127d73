import { useEffect, useLayoutEffect, useRef, useState, type ReactElement } from 'react';
import type { ChartData } from '../../state/chart-query.ts';
import { chartWords, type ChartSpec } from '../../state/chart-spec.ts';
import { formatAmount } from '../../ui/formats.ts';
import styles from './chart-drawing.module.css';
import { colorAt, drawPlot } from './draw-plot.ts';

/** A chart in the room that there is. */
export function ChartDrawing({
  spec,
  data,
  isOld,
}: {
  readonly spec: ChartSpec;
  readonly data: ChartData;
  /** Whether another one is on its way. */
  readonly isOld: boolean;
}): ReactElement {
  const place = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  const [isTall, setIsTall] = useState(false);
  useLayoutEffect(() => {
    const { current } = place;
    if (current === null) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      const { width = 0, height = 0 } = entry?.contentRect ?? {};
      setSize({ width: Math.floor(width), height: Math.floor(height) });
    });
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    const { current } = place;
    if (current === null || size.width < 80 || size.height < 60) return;
    current.replaceChildren(drawPlot(spec, data, { ...size, className: styles.plot ?? 'plot' }));
    // What scrolls can be reached with the keyboard.
    setIsTall(current.scrollHeight > current.clientHeight);
  }, [spec, data, size]);
  return (
    <figure className={styles.figure} data-old={isOld || undefined}>
      {data.colors.length === 0 ? null : (
        <ul className={styles.legend} aria-label={`Colours by ${spec.color}`}>
          {data.colors.map((name, at) => (
            <li key={name} className={styles.key}>
              <span className={styles.swatch} style={{ background: colorAt(at, name) }} />
              {name === '' ? 'empty' : name}
            </li>
          ))}
        </ul>
      )}
      <div
        ref={place}
        className={styles.place}
        tabIndex={isTall ? 0 : undefined}
        role="img"
        aria-label={`${chartWords(spec, data)}. ${formatAmount(data.rows.length, spec.mark === 'bar' ? 'bar' : 'point')}; the panel Table has the rows.`}
      />
    </figure>
  );
}
