import type { ConnectorContext } from '../pipeline/connector.ts';
import type { PlannedSink, PlannedSource, PlannedStep } from '../pipeline/plan.ts';
import { abortable } from './abortable.ts';
import { connectorContext } from './connector-context.ts';
import type { Session } from './session.ts';
import { within } from './time-limit.ts';

/**
 * Opens a step's connector, unless it is open: it stays so over all attempts, until {@link closeConnector}. Opening may
 * take as long as an attempt, and what is opened after that, or after a cancellation, is closed at once.
 */
export async function openConnector(session: Session, step: PlannedSource | PlannedSink): Promise<void> {
  const { connector } = step;
  if (connector.open === undefined || session.resources.has(step.name)) return;
  const context = await connectorContext(session, step);
  const opening = Promise.resolve().then(() => connector.open?.(context));
  try {
    const resource = await within(session, step, ({ stop }) => abortable(opening, stop));
    session.resources.set(step.name, resource);
  } catch (error) {
    void opening.then(
      (late) => close(session, step, late),
      () => undefined,
    );
    throw error;
  }
}

/** Closes a step's connector when it is open. An error is told and logged, and hides nothing. */
export async function closeConnector(session: Session, step: PlannedStep): Promise<void> {
  if ((step.kind !== 'source' && step.kind !== 'sink') || !session.resources.has(step.name)) return;
  const resource = session.resources.get(step.name);
  session.resources.delete(step.name);
  await close(session, step, resource);
}

async function close(session: Session, step: PlannedSource | PlannedSink, resource: unknown): Promise<void> {
  try {
    // A cancelled run has things to close too.
    const context: ConnectorContext = await connectorContext(session, step, session.leaseSignal);
    await step.connector.close?.({ ...context, resource });
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    session.parts.logger.error({ err: error, step: step.name }, `close failed: ${said}`);
    session.emit({
      type: 'warning',
      message: `The connector of step '${step.name}' could not be closed: ${said}`,
      details: { step: step.name, error },
    });
  }
}
