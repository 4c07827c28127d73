export { tablePlugin, type RowsOptions } from './plugin.ts';
export { fromTable, type TableInput } from './from-table.ts';
export type { TableLike } from './foreign-table.ts';
export { toTable, type OnBytes, type OnTable, type TableDelivery, type ToTableOptions } from './to-table.ts';
