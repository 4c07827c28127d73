import type { Logger } from '@cairn/core';

/** Writes a line of JSON for every message to standard error: `time`, `level`, `msg` and the facts. */
export function stderrLogger(): Logger {
  const write =
    (level: keyof Logger) =>
    (facts: Readonly<Record<string, unknown>>, message: string): void => {
      const line = { time: new Date().toISOString(), level, ...facts, msg: message };
      process.stderr.write(`${JSON.stringify(line, plain)}\n`);
    };
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}

/** What JSON has no form for. */
function plain(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  return value instanceof Error ? { name: value.name, message: value.message } : value;
}
