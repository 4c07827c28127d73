import type { TableHookContext } from '@cairn/core/plugin';

/** Rejects a table with the tag `public` that still says who asked. */
export function noAddresses({ step, columns }: TableHookContext): void {
  if (columns.some(({ name }) => name === 'client'))
    throw new Error(`step '${step.name}' is public, and its column 'client' has addresses of people`);
}
