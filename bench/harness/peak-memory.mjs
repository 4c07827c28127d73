// The most memory that a process ever had, its threads and WebAssembly included: megabytes, as Linux counts them (VmHWM).
import { readFile } from 'node:fs/promises';

async function peakOf(pid) {
  try {
    const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1000;
  } catch {
    return undefined;
  }
}

/** Of this process. Elsewhere than on Linux it is what the system tells, which may be its parent's when that had more. */
export async function ownPeak() {
  return (await peakOf('self')) ?? process.resourceUsage().maxRSS / 1000;
}

/** Of the largest process that renders pages; undefined elsewhere than on Linux. Blobs on their way to the disk are not in it. */
export async function peakOfRenderers(context) {
  const session = await context.browser()?.newBrowserCDPSession();
  if (session === undefined) return undefined;
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const renderers = processInfo.filter(({ type }) => type === 'renderer');
  const peaks = (await Promise.all(renderers.map(({ id }) => peakOf(id)))).filter(
    (peak) => peak !== undefined,
  );
  return peaks.length === 0 ? undefined : Math.max(...peaks);
}
