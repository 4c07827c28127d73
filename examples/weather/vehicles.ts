import { definePlugin, type TableView } from '@cairn/core/plugin';

interface Round {
  readonly city: string;
  readonly km: number;
  readonly month: bigint;
  readonly wet: number;
  readonly temp: number;
  readonly wind: number;
}

// A cargo bicycle goes 30 km at most, and less far in the rain, in the cold and against the wind.
const reach = ({ wet, temp, wind }: Round): number =>
  30 - 20 * wet - 0.5 * Math.max(0, 20 - temp) - Math.max(0, wind - 3);

/** Which vehicle goes where in which month. */
export async function vehiclesFor({ rounds }: { readonly rounds: TableView }) {
  const rows = (await rounds.arrow()).toArray() as Round[];
  return rows.map((round) => ({
    city: round.city,
    month: round.month,
    vehicle: round.km <= reach(round) ? 'bicycle' : 'van',
  }));
}

// So that pipeline.yaml can name it: code of a step is a plugin's there.
export default definePlugin({
  name: 'couriers',
  version: '1.0.0',
  transforms: { vehicles: { create: () => ({ version: '1', run: vehiclesFor as never }) } },
});
