import { type TableView } from '@cairn/core/plugin';
/** Which vehicle goes where in which month. */
export declare function vehiclesFor({ rounds }: { readonly rounds: TableView }): Promise<
  {
    city: string;
    month: bigint;
    vehicle: string;
  }[]
>;
declare const _default: import('@cairn/core/plugin').DefinedPlugin<
  {},
  {},
  {},
  {},
  {
    vehicles: unknown;
  },
  {
    vehicles: () => {
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
//# sourceMappingURL=vehicles.d.ts.map
