/** In Node a reader is on the thread that asks. */
export { openReaderHere as openParquetReader } from './reader.ts';
