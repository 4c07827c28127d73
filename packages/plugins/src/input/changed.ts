import { type CairnError, invalidData } from '@cairn/core/plugin';

/** What was read is not, as a whole, what was there at any time. */
export function changed(label: string, input: string): CairnError {
  return invalidData(`${label} changed while it was read: run again when nothing writes to it`, { input });
}
