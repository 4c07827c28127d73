import { isCairnError } from '../errors/cairn-error.ts';
import type { RecordedError } from './record.ts';

/** Causes deeper down are not told. */
const deepest = 16;

/** An error as records keep it, with the messages of its causes. */
export function recordedError(thrown: unknown, redact: (text: string) => string): RecordedError {
  const message = redact(messageOf(thrown));
  const lines = [message];
  let cause = (thrown as { readonly cause?: unknown } | undefined)?.cause;
  for (let depth = 0; cause !== undefined && cause !== null && depth < deepest; depth += 1) {
    lines.push(`caused by ${codeOf(cause)}: ${redact(messageOf(cause))}`);
    cause = (cause as { readonly cause?: unknown }).cause;
  }
  return Object.freeze({ error: lines.join('\n'), errorType: codeOf(thrown), errorMessage: message });
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

function codeOf(thrown: unknown): string {
  if (isCairnError(thrown)) return thrown.code;
  return thrown instanceof Error ? thrown.name : typeof thrown;
}
