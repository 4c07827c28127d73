const count = new Intl.NumberFormat('en');
const short = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

/** A count: `200,000`. */
export function formatCount(value: number): string {
  return count.format(value);
}

const rough = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 2 });

/** An estimate of a count: `~960K`. */
export function formatRough(value: number): string {
  return `~${rough.format(value)}`;
}

/** A count and what is counted: `1 row`, `200,000 rows`. */
export function formatAmount(value: number, unit: string): string {
  return `${count.format(value)} ${unit}${value === 1 ? '' : 's'}`;
}

/** Bytes in units of 1000: `960 B`, `64.5 kB`, `2.3 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${short.format(value)} ${units[unit]}`;
}

/** Milliseconds, as people say them: `27 ms`, `1.7 s`, `2 min 5 s`. */
export function formatDuration(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${short.format(ms / 1000)} s`;
  const seconds = Math.round(ms / 1000);
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
  return minutes < 60 ? `${minutes} min ${rest} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** How long it may take: `under 1 s`, `about 4 s`. */
export function formatEstimate(ms: number): string {
  return ms < 1000 ? 'under 1 s' : `about ${formatDuration(Math.round(ms / 1000) * 1000)}`;
}
