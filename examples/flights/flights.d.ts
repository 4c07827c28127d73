declare const _default: import('@cairn/core').Pipeline<
  'advice' | 'airports' | 'by_hour' | 'delayed' | 'flights' | 'located' | 'ranked',
  {
    minDelay?: number | undefined;
  },
  {
    minDelay: number;
  },
  | 'advice'
  | 'airports'
  | 'by_hour'
  | 'delayed'
  | 'flights'
  | 'ingest'
  | 'located'
  | 'ranked'
  | 'report'
  | 'save'
>;
export default _default;
//# sourceMappingURL=flights.d.ts.map
