declare const _default: import('@cairn/core').Pipeline<
  'areas' | 'by_month' | 'months' | 'nearby' | 'rounds' | 'vehicles' | 'weather' | 'zip_codes',
  {
    radiusKm?: number | undefined;
  },
  {
    radiusKm: number;
  },
  | 'areas'
  | 'by_month'
  | 'ingest'
  | 'months'
  | 'nearby'
  | 'prepare'
  | 'report'
  | 'rounds'
  | 'save'
  | 'vehicles'
  | 'weather'
  | 'zip_codes'
>;
export default _default;
//# sourceMappingURL=pipeline.d.ts.map
