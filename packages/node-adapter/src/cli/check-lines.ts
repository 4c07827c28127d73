import type { StoredCheck } from '@cairn/core';
import type { Colors } from './colors.ts';
import { displayWidth, padEnd, visible } from './display-width.ts';

/** What is said of a check that does not pass. */
export type ToldCheck = Pick<StoredCheck, 'check' | 'status' | 'severity' | 'message'>;

/** A line for each check that does not pass: its name, and what was found. */
export function failedCheckLines(checks: readonly ToldCheck[], { red, yellow }: Colors): string[] {
  const failed = checks.filter(({ status }) => status !== 'passed');
  const names = failed.map(({ check }) => visible(check));
  const width = Math.max(0, ...names.map(displayWidth));
  return failed.map(({ severity, message }, at) => {
    const paint = severity === 'error' ? red : yellow;
    return `${paint(padEnd(names[at] as string, width))}  ${visible(message)}`;
  });
}
