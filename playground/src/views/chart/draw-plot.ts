import {
  areaY,
  axisX,
  axisY,
  barX,
  dot,
  gridX,
  gridY,
  lineY,
  plot,
  rectY,
  ruleX,
  ruleY,
} from '@observablehq/plot';
import type { ChartData } from '../../state/chart-query.ts';
import { valueWords, type ChartSpec } from '../../state/chart-spec.ts';

/** The colour of a series; those that are none of the first are quiet. */
export function colorAt(at: number, name: string): string {
  return name === 'others' ? 'var(--chart-quiet)' : `var(--chart-${(at % 8) + 1})`;
}

/** Draws what the engine has computed. */
export function drawPlot(
  spec: ChartSpec,
  { rows, colors, across, isPlain }: ChartData,
  {
    width,
    height,
    className,
  }: { readonly width: number; readonly height: number; readonly className: string },
): Element {
  const [isNamed, isTime] = [across === 'name', across === 'time'];
  const place = (value: string | number | undefined): string | number | Date =>
    isTime && typeof value === 'number' ? new Date(value) : (value ?? 0);
  const points = rows.map((row) => ({ ...row, x: place(row.x), x2: place(row.x2) }));
  const hasColors = colors.length > 0;
  const paint = hasColors ? 'color' : colorAt(0, '');
  const yLabel = valueWords(spec, isPlain);
  const shared = {
    width,
    height,
    className,
    color: {
      domain: [...colors],
      range: colors.map((name, at) => colorAt(at, name)),
      type: 'ordinal' as const,
      label: spec.color ?? null,
    },
    x: { label: spec.x },
    y: { label: yLabel },
  };
  const numbers = { tickSize: 0, tickFormat: shortNumber } as const;
  const lines = [gridY({ strokeOpacity: 0.09 }), axisY({ ...numbers, labelArrow: 'none' })];
  let drawn: Element;
  if (isNamed && spec.mark !== 'dot') {
    const names = [...new Set(points.map(({ x }) => String(x)))];
    const longest = Math.max(...names.map((name) => Math.min(name.length, 24)));
    drawn = plot({
      ...shared,
      // More bars than there is room for scroll.
      height: Math.max(height, names.length * 18 + 48),
      marginLeft: Math.min(width * 0.4, longest * 6.6 + 16),
      marginTop: 34,
      marginBottom: 8,
      x: { label: yLabel },
      y: { label: null, domain: names },
      marks: [
        gridX({ strokeOpacity: 0.09 }),
        axisX({ ...numbers, anchor: 'top', labelArrow: 'none' }),
        axisY({
          tickSize: 0,
          tickFormat: (name: string) => (name.length > 24 ? `${name.slice(0, 23)}…` : name),
        }),
        barX(points, { x: 'y', y: 'x', fill: paint, tip: true, inset: 0.5 }),
        ruleX([0], { strokeOpacity: 0.4 }),
      ],
    });
  } else {
    const axis = axisX({
      tickSize: 0,
      labelArrow: 'none',
      ...(isTime || isNamed ? {} : { tickFormat: shortNumber }),
    });
    const series = hasColors ? { z: 'color' } : {};
    const stack = hasColors ? { z: 'color', order: [...colors] } : {};
    const marks = {
      line: () => [lineY(points, { x: 'x', y: 'y', stroke: paint, ...series, strokeWidth: 1.5, tip: 'x' })],
      area: () => [
        areaY(points, { x: 'x', y: 'y', fill: paint, ...stack, fillOpacity: 0.75, tip: 'x' }),
        ruleY([0], { strokeOpacity: 0.4 }),
      ],
      bar: () => [
        rectY(points, { x1: 'x', x2: 'x2', y: 'y', fill: paint, ...stack, inset: 0.5, tip: true }),
        ruleY([0], { strokeOpacity: 0.4 }),
      ],
      histogram: () => [
        rectY(points, { x1: 'x', x2: 'x2', y: 'y', fill: paint, ...stack, inset: 0.5, tip: true }),
        ruleY([0], { strokeOpacity: 0.4 }),
      ],
      dot: () => [dot(points, { x: 'x', y: 'y', fill: paint, fillOpacity: 0.55, r: 2.2, tip: true })],
    };
    drawn = plot({
      ...shared,
      marginLeft: 56,
      marginBottom: 36,
      marks: [...lines, axis, ...marks[spec.mark]()],
    });
  }
  // The policy allows no style elements; what they say is in the style sheet beside this file.
  for (const style of drawn.querySelectorAll('style')) style.remove();
  // What it shows is told in words around it.
  drawn.setAttribute('aria-hidden', 'true');
  return drawn;
}

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 2 });
const plain = new Intl.NumberFormat('en', { maximumSignificantDigits: 4, useGrouping: false });

function shortNumber(value: number): string {
  return Math.abs(value) >= 10_000 ? compact.format(value) : plain.format(value);
}
