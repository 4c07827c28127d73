/** A structured logger, the shape of pino's: an object of facts, then a message. */
export interface Logger {
  debug(facts: Readonly<Record<string, unknown>>, message: string): void;
  info(facts: Readonly<Record<string, unknown>>, message: string): void;
  warn(facts: Readonly<Record<string, unknown>>, message: string): void;
  error(facts: Readonly<Record<string, unknown>>, message: string): void;
}

/** Says nothing; the default. */
export const silentLogger: Logger = Object.freeze({
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
});

/** A logger that never throws, whatever becomes of what it writes to: to tell of a failure must not be another one. */
export function carefulLogger(logger: Logger): Logger {
  const told =
    (level: keyof Logger): Logger['info'] =>
    (facts, message) => {
      try {
        logger[level](facts, message);
      } catch {
        // There is nobody left to tell.
      }
    };
  const careful: Logger = {
    debug: told('debug'),
    info: told('info'),
    warn: told('warn'),
    error: told('error'),
  };
  // Code of steps may know more of its logger than what a runner asks for.
  return Object.create(logger, Object.getOwnPropertyDescriptors(careful)) as Logger;
}
