import { definePlugin, type TableView } from '@cairn/core/plugin';

/** The worst hour of each airport, for people. */
export async function adviceFor({ ranked }: { readonly ranked: TableView }) {
  const table = await ranked.arrow();
  return table.toArray().map((row) => ({
    origin: String(row['origin']),
    airport: String(row['airport']),
    state: String(row['state']),
    worst_hour: `${String(row['hour']).padStart(2, '0')}:00`,
    late_flights: Number(row['flights']),
    mean_delay_minutes: Math.round(Number(row['mean_delay']) * 10) / 10,
  }));
}

// So that flights.yaml can name it: code of a step is a plugin's there.
export default definePlugin({
  name: 'flights',
  version: '1.0.0',
  transforms: { advice: { create: () => ({ version: '1', run: adviceFor as never }) } },
});
