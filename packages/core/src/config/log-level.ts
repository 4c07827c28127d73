import type { Logger } from '../events/logger.ts';
import type { LoggingConfig } from './config.ts';

const levels = ['debug', 'info', 'warn', 'error'] as const;

/** A logger that leaves out what is below a level. @param level One of {@link LoggingConfig}. @default 'info' */
export function fromLevel(level: LoggingConfig['level'], logger: Logger): Logger {
  const below = levels.slice(0, Math.max(0, levels.indexOf(level ?? 'info')));
  return { ...boundLogger(logger), ...Object.fromEntries(below.map((name) => [name, () => undefined])) };
}

/** Loggers may be classes, whose methods need their object. */
const boundLogger = (logger: Logger): Logger => ({
  debug: (facts, message) => logger.debug(facts, message),
  info: (facts, message) => logger.info(facts, message),
  warn: (facts, message) => logger.warn(facts, message),
  error: (facts, message) => logger.error(facts, message),
});
