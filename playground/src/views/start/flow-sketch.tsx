import type { ReactElement } from 'react';
import styles from './flow-sketch.module.css';

const [width, height] = [280, 64];
const [pillWidth, pillHeight] = [34, 9];

/** The shape of a pipeline, small and without words. */
export function FlowSketch({
  flow,
}: {
  readonly flow: Readonly<Record<string, readonly string[]>>;
}): ReactElement {
  const places = placesOf(flow);
  return (
    <svg className={styles.sketch} viewBox={`0 0 ${width} ${height}`} aria-hidden="true" focusable="false">
      {Object.entries(flow).flatMap(([name, inputs]) =>
        inputs.map((input) => (
          <path key={`${input} ${name}`} d={edge(places.get(input), places.get(name))} />
        )),
      )}
      {[...places].map(([name, { x, y }]) => (
        <rect
          key={name}
          x={x - pillWidth / 2}
          y={y - pillHeight / 2}
          width={pillWidth}
          height={pillHeight}
          rx={pillHeight / 2}
          data-source={flow[name]?.length === 0 || undefined}
        />
      ))}
    </svg>
  );
}

interface Place {
  readonly x: number;
  readonly y: number;
}

/** A column for each step on the longest way to it, spread over the height. */
function placesOf(flow: Readonly<Record<string, readonly string[]>>): ReadonlyMap<string, Place> {
  const levels = new Map<string, number>();
  for (const [name, inputs] of Object.entries(flow))
    levels.set(name, Math.max(-1, ...inputs.map((input) => levels.get(input) ?? 0)) + 1);
  const last = Math.max(1, ...levels.values());
  const places = new Map<string, Place>();
  for (const [name, level] of levels) {
    const column = [...levels].flatMap(([other, at]) => (at === level ? [other] : []));
    const x = pillWidth / 2 + 1 + (level / last) * (width - pillWidth - 2);
    places.set(name, { x, y: ((column.indexOf(name) + 0.5) / column.length) * height });
  }
  return places;
}

function edge(from: Place | undefined, to: Place | undefined): string {
  if (from === undefined || to === undefined) return '';
  const [begin, end] = [from.x + pillWidth / 2, to.x - pillWidth / 2];
  const middle = (begin + end) / 2;
  return `M${begin} ${from.y}C${middle} ${from.y} ${middle} ${to.y} ${end} ${to.y}`;
}
