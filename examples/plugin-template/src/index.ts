export { accessLog, errorShare, fromAccessLog } from './plugin.ts';
