import {
  errorFacts,
  type CairnEvent,
  type ErrorFacts,
  type Observer,
  type RunResult,
  type StepOutcome,
} from '@cairn/core';

/**
 * JSON in one line. Big numbers and what else JSON lacks become text, errors their {@link errorFacts} without stacks,
 * and maps objects.
 */
export function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(value, plain, indent);
}

function plain(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : String(value);
  }
  if (value instanceof Error) return withoutStack(errorFacts(value));
  if (value instanceof Map) return Object.fromEntries(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return value;
}

function withoutStack({ type, code, message, cause }: ErrorFacts): ErrorFacts {
  return { type, code, message, ...(cause === undefined ? {} : { cause: withoutStack(cause) }) };
}

/** Writes every event as a line of JSON. */
export function eventLines(write: (line: string) => void): Observer {
  return { name: 'json', onEvent: (event: CairnEvent) => write(`${jsonText(event)}\n`) };
}

/** How a run ended, as data. */
export function resultFacts(result: RunResult): Record<string, unknown> {
  const { status, outcome, pipeline, runId, correlationId, attempt, durationMs, steps } = result;
  const list = [...steps.values()].map((step: StepOutcome) => step);
  return { status, outcome, pipeline, runId, correlationId, attempt, durationMs, steps: list };
}
