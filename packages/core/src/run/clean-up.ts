import { isCairnError } from '../errors/cairn-error.ts';
import { stepFailed } from '../errors/run-errors.ts';
import type { EndStatus } from '../events/event.ts';
import { runPrefix } from '../store/keys.ts';
import { isoTime, type Session } from './session.ts';

/** Ends what must not outlive the run: scope run always, scope correlation once the task has succeeded. */
export async function cleanUp(session: Session, status: EndStatus, lastAttempt: boolean): Promise<void> {
  const { correlationId, journal, parts, runId, plan, emit } = session;
  const uses = (scope: string): boolean => plan.steps.some((step) => step.checkpoint === scope);
  const at = isoTime(parts.now());
  try {
    if (uses('run')) {
      if (correlationId === null) await journal.append({ type: 'forgotten', scope: 'run', at });
      else await parts.cleaner.deleteTree(runPrefix(runId));
    }
    if (!uses('correlation') || !lastAttempt) return;
    if (status === 'success') {
      await journal.append({ type: 'forgotten', scope: 'correlation', at });
      session.forgotten.add('correlation');
    } else if (status === 'failed') {
      emit({
        type: 'warning',
        message: `The last attempt failed, so checkpoints of scope 'correlation' are kept until cleanupCorrelation('${String(correlationId)}')`,
        details: { correlationId, runId },
      });
    }
  } catch (error) {
    const told = isCairnError(error) ? error : stepFailed(error);
    parts.logger.error({ err: told, runId }, 'a clean-up failed');
    emit({ type: 'cleanup_failed', error: told });
  }
}
