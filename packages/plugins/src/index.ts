export { arrowPlugin } from './arrow/plugin.ts';
export { checksPlugin } from './checks/plugin.ts';
export { csvPlugin } from './csv/plugin.ts';
export { httpPlugin } from './http/plugin.ts';
export { jsonPlugin } from './json/plugin.ts';
export { parquetPlugin } from './parquet/plugin.ts';
export { standardPlugins } from './standard-plugins.ts';
export { tablePlugin } from './table/plugin.ts';
