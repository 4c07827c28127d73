import type { CairnEvent } from '@cairn/core';
import type { Colors } from './colors.ts';
import { visible } from './display-width.ts';
import { formatDuration } from './format.ts';
import { withoutPlace } from './step-line.ts';

/** What is worth a line of its own between the steps' lines; undefined for what is not. */
export function noticeOf(event: CairnEvent, { yellow }: Colors): string | undefined {
  switch (event.type) {
    case 'step_retry': {
      const wait = event.delayMs > 0 ? ` in ${formatDuration(event.delayMs)}` : '';
      const attempt = event.stepAttempt + 1;
      return `${yellow('retry:')} '${event.step}', attempt ${attempt}${wait}: ${visible(withoutPlace(event.error.message, event.step))}`;
    }
    case 'circuit_state': {
      const wait =
        event.until === undefined
          ? ''
          : `, tried again in ${formatDuration(Math.max(0, event.until - event.at))}`;
      return `${yellow('circuit:')} '${event.circuit}' is ${event.state}${wait}`;
    }
    case 'checkpoint_damaged':
      return `${yellow('damaged:')} ${visible(event.error.message)}; it is computed again`;
    case 'cleanup_failed':
      return `${yellow('clean-up failed:')} ${visible(event.error.message)}`;
    case 'check_result': {
      // What makes the step fail is told with it.
      if (event.status === 'passed' || event.severity === 'error') return undefined;
      return `${yellow('check:')} '${event.step}', ${visible(event.check)}: ${visible(event.message)}`;
    }
    case 'warning':
      return `${yellow('warning:')} ${visible(event.message)}`;
    default:
      return undefined;
  }
}
