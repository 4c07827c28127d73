import type { CheckRow } from '../../state/check-rows.ts';
import type { StatusLook } from '../../ui/step-mark.tsx';

/** How a check that came out so looks. */
export function lookOf({ status, severity }: Pick<CheckRow, 'status' | 'severity'>): StatusLook {
  if (status === 'passed') return { label: 'Passed', tone: 'done', icon: 'check' };
  if (status === 'due') return { label: 'Not evaluated yet', tone: 'idle', icon: 'circle' };
  const tone = severity === 'warn' ? 'warned' : 'failed';
  const icon = severity === 'warn' ? 'warning' : 'cross';
  return {
    label: status === 'errored' ? 'Could not be evaluated' : severity === 'warn' ? 'Warned' : 'Failed',
    tone,
    icon,
  };
}
