/**
 * Watches for how long the page's thread was kept from everything else. `end` tells the longest, or 0 for under 50 ms, and
 * what was measured (`performance.measure`) while it went on.
 */
export function longestTask() {
  let longest = { startTime: 0, duration: 0 };
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (entry.duration > longest.duration) longest = entry;
  });
  observer.observe({ type: 'longtask' });
  return {
    async end() {
      // An entry is told of a moment after its task.
      await new Promise((resolve) => setTimeout(resolve, 100));
      observer.disconnect();
      const middle = longest.startTime + longest.duration / 2;
      const during = performance
        .getEntriesByType('measure')
        .filter(({ startTime, duration }) => startTime <= middle && middle <= startTime + duration)
        .map(({ name }) => name);
      return { ms: Math.round(longest.duration), during: during.join(', ') };
    },
  };
}
