import { type TableView } from '@cairn/core/plugin';
/** The worst hour of each airport, for people. */
export declare function adviceFor({ ranked }: { readonly ranked: TableView }): Promise<
  {
    origin: string;
    airport: string;
    state: string;
    worst_hour: string;
    late_flights: number;
    mean_delay_minutes: number;
  }[]
>;
declare const _default: import('@cairn/core/plugin').DefinedPlugin<
  {},
  {},
  {},
  {},
  {
    advice: unknown;
  },
  {
    advice: () => {
      version: string;
      run: never;
    };
  },
  {},
  {},
  {},
  {},
  {},
  {}
>;
export default _default;
//# sourceMappingURL=advice.d.ts.map
