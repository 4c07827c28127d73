/** `1,234,567` */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** `1 step`, `2 steps` */
export function countOf(count: number, one: string, many: string = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** Bytes in decimal units: `812 B`, `16.8 MB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= (unit === 0 ? 1000 : 999.95) && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return unit === 0 ? `${value} B` : `${value.toFixed(1)} ${units[unit]}`;
}

/** `42 ms`, `1.8 s`, `2 min 05 s` */
export function formatDuration(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/** Rows a second in at most ten letters: `812 rows/s`, `61k rows/s`, `1.8M rows/s`. Nothing for a time too short to tell. */
export function formatRate(rows: number, ms: number): string {
  if (ms < 1 || rows < 1) return '';
  const rate = rows / (ms / 1000);
  const short = (value: number): string => (value < 9.95 ? value.toFixed(1) : String(Math.round(value)));
  if (rate < 999.5) return `${short(rate)} rows/s`;
  return rate < 999_500 ? `${short(rate / 1e3)}k rows/s` : `${short(rate / 1e6)}M rows/s`;
}
