import type { CairnError } from '../errors/cairn-error.ts';
import { engineLostAgain, stepTooLarge } from '../errors/engine-errors.ts';
import type { PlannedStep } from '../pipeline/plan.ts';
import type { Session } from './session.ts';

/** The error of a step at which the engine was lost once more, although the step was alone. */
export function lostAgain({ losses, states, parts }: Session, { inputs }: PlannedStep): CairnError {
  const reason = losses.at(-1) as CairnError;
  if (reason.details['isFull'] !== true) return engineLostAgain(reason);
  const sizes = inputs.flatMap((step) => {
    const manifest = states.get(step)?.manifest;
    if (manifest === undefined) return [];
    const { rows, bytes } = manifest;
    return [{ step, rows, bytes: parts.engine.tableMemory?.(manifest) ?? bytes }];
  });
  return stepTooLarge(reason, sizes);
}
