import type { ReactElement } from 'react';
import type { Chart } from '../../state/chart.ts';
import type { ChartAggregate, ChartMark, ChartSpec } from '../../state/chart-spec.ts';
import { columnKind } from '../../state/column-kind.ts';
import { InlineSelect } from '../../ui/inline-select.tsx';

const marks: Readonly<Record<ChartMark, string>> = {
  line: 'Line',
  area: 'Area',
  bar: 'Bars',
  dot: 'Dots',
  histogram: 'Histogram',
};
const aggregates: readonly ChartAggregate[] = ['mean', 'sum', 'median', 'min', 'max', 'count'];

/** What is drawn, and how. */
export function ChartControls({
  chart,
  spec,
}: {
  readonly chart: Chart;
  readonly spec: ChartSpec;
}): ReactElement {
  const { columns, draw } = chart;
  const named = (kinds: readonly string[]): { id: string; label: string }[] =>
    columns
      .filter(({ type }) => kinds.includes(columnKind(type)))
      .map(({ name }) => ({ id: name, label: name }));
  const numbers = named(['number']);
  const none = '\u0000';
  const { mark, x, y, color, aggregate } = spec;
  return (
    <>
      <InlineSelect
        label="Mark"
        value={mark}
        choices={Object.entries(marks).map(([id, label]) => ({ id, label }))}
        onChange={(id) => draw({ mark: id as ChartMark })}
      />
      <InlineSelect
        label="Across"
        prefix="x"
        value={x}
        choices={named(['number', 'temporal', 'text', 'boolean'])}
        onChange={(id) => draw({ x: id })}
      />
      {mark === 'histogram' ? null : (
        <InlineSelect
          label="Upwards"
          prefix="y"
          value={y ?? none}
          choices={[...(mark === 'dot' ? [] : [{ id: none, label: 'number of rows' }]), ...numbers]}
          onChange={(id) => draw({ y: id === none ? undefined : id })}
        />
      )}
      {mark === 'histogram' || mark === 'dot' || y === undefined ? null : (
        <InlineSelect
          label="Of all values at one place"
          value={aggregate}
          choices={aggregates.map((id) => ({ id, label: id }))}
          onChange={(id) => draw({ aggregate: id as ChartAggregate })}
        />
      )}
      <InlineSelect
        label="Colour"
        prefix="colour"
        value={color ?? none}
        choices={[{ id: none, label: 'none' }, ...named(['text', 'boolean', 'number'])]}
        onChange={(id) => draw({ color: id === none ? undefined : id })}
      />
    </>
  );
}
