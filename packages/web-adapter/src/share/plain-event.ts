import { CairnError, errorFacts, type CairnEvent, type ErrorCode, type ErrorFacts } from '@cairn/core';

/** An event as a message to another page can hold it: errors as facts, no values of tables. */
export type PlainEvent = Readonly<Record<string, unknown>> & Pick<CairnEvent, 'type'>;

/** Makes an event plain. Details that a page cannot show are left behind. */
export function plainEvent(event: CairnEvent): PlainEvent {
  const plain: Record<string, unknown> = { ...event };
  if (event.type === 'check_result') Object.assign(plain, { metrics: null, failingRows: null });
  if (event.type === 'warning') {
    const { step, error } = event.details;
    plain['details'] = {
      ...(typeof step === 'string' ? { step } : {}),
      ...(error instanceof Error ? { error: errorFacts(error) } : {}),
    };
  }
  if ('error' in event && event.error !== undefined) plain['error'] = errorFacts(event.error);
  return plain as PlainEvent;
}

/** Makes an event of what another page told. */
export function revivedEvent(plain: PlainEvent): CairnEvent {
  const event: Record<string, unknown> = { ...plain };
  if (plain['error'] !== undefined) event['error'] = revivedError(plain['error'] as ErrorFacts);
  if (plain.type === 'warning') {
    const details = plain['details'] as Readonly<Record<string, unknown>>;
    const error = details['error'] as ErrorFacts | undefined;
    event['details'] = error === undefined ? details : { ...details, error: revivedError(error) };
  }
  return Object.freeze(event) as unknown as CairnEvent;
}

function revivedError({ type, code, message, stack, cause }: ErrorFacts): Error {
  const options = cause === undefined ? {} : { cause: revivedError(cause) };
  const error =
    code === undefined ? new Error(message, options) : new CairnError(code as ErrorCode, message, options);
  return Object.assign(error, { name: type, stack });
}
