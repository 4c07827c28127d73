import { type CairnError, isCairnError } from '@cairn/core';
import { expect } from 'vitest';

/** What a call throws or rejects with; it must be a CairnError of this code, whose message holds these words. */
export async function refused(
  run: () => unknown,
  code: CairnError['code'],
  ...words: readonly string[]
): Promise<CairnError> {
  let error: unknown;
  try {
    await run();
  } catch (thrown) {
    error = thrown;
  }
  if (!isCairnError(error))
    throw new Error(`expected ${code}, but ${error === undefined ? 'nothing was thrown' : String(error)}`, {
      cause: error,
    });
  expect(error.code, error.message).toBe(code);
  for (const word of words) expect(error.message).toContain(word);
  return error;
}
