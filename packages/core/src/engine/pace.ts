/** Longest that work goes on before others get their turn, in milliseconds: a page that is busy longer feels stuck. */
const budget = 20;

/**
 * Lets whoever waits for the event loop go first. Browsers hold timers back, by 4 ms where they follow each other and by a
 * second in hidden pages; and what goes on after `scheduler.yield()` goes before everybody else's messages.
 */
export function takeTurns(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener('message', () => {
      port1.close();
      resolve();
    });
    port1.start();
    port2.postMessage(undefined);
  });
}

/** Makes what long work calls between its pieces: it lets others have their turn once the work has gone on too long. */
export function createPace(): () => Promise<void> | undefined {
  let since = performance.now();
  return () => {
    if (performance.now() - since < budget) return undefined;
    return takeTurns().then(() => {
      since = performance.now();
    });
  };
}
