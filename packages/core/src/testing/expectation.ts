import { CairnError } from '../errors/cairn-error.ts';
import type { ErrorCode } from '../errors/codes.ts';

/** Registers one test with whatever runner the host uses: `test` of vitest, node:test, mocha, ... */
export type TestFunction = (name: string, run: () => Promise<void>) => void;

/** What a failed expectation of a suite throws. */
export class ExpectationError extends Error {
  override readonly name: string = 'ExpectationError';
}

function show(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part === 'bigint') return `${part}n`;
    if (part instanceof Uint8Array) return `bytes(${part.length}):${Array.from(part.slice(0, 32)).join(',')}`;
    if (typeof part === 'number' && !Number.isFinite(part)) return String(part);
    return part === undefined ? 'undefined' : part;
  });
}

/** Throws unless the condition holds. */
export function expectThat(condition: boolean, what: string): asserts condition {
  if (!condition) throw new ExpectationError(what);
}

/** Throws unless both values are equal as data (bigints, bytes, NaN and infinities included). */
export function expectEqual(actual: unknown, expected: unknown, what: string): void {
  const [left, right] = [show(actual), show(expected)];
  if (left !== right) throw new ExpectationError(`${what}: expected ${right}, got ${left}`);
}

/** Throws unless the promise rejects with a {@link CairnError} of this code, which is returned. */
export async function expectCode(
  promise: Promise<unknown>,
  code: ErrorCode,
  what: string,
): Promise<CairnError> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if (!('error' in outcome)) throw new ExpectationError(`${what}: expected ${code}, but it resolved`);
  const { error } = outcome;
  if (!(error instanceof CairnError)) {
    throw new ExpectationError(`${what}: expected ${code}, got ${String(error)}`);
  }
  if (error.code !== code) {
    throw new ExpectationError(`${what}: expected ${code}, got ${error.code}: ${error.message}`);
  }
  return error;
}
