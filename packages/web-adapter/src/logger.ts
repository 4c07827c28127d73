import type { Logger } from '@cairn/core';

/** Writes to the browser's console: the message, then the facts. */
export function consoleLogger(): Logger {
  return {
    debug: (facts, message) => console.debug(message, facts),
    info: (facts, message) => console.info(message, facts),
    warn: (facts, message) => console.warn(message, facts),
    error: (facts, message) => console.error(message, facts),
  };
}
