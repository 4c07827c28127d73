import type { OpenedTask, OpenOptions } from '@cairn/core';
import { useCallback, useEffect, useRef, useState } from 'react';
import { asError } from './as-error.ts';
import { useRunner } from './provider.ts';

/** What {@link useOpenedTask} returns. */
export interface UsedOpenedTask {
  /** Undefined until it is open. The former one, after a refresh, until it is opened anew. */
  readonly opened: OpenedTask | undefined;
  readonly error: Error | undefined;
  /** Opens it as it stands now, such as after a run. The same function in every render. */
  refresh(): void;
}

/**
 * Opens a task's stored tables, and closes what it has opened when the task is another one or the component goes.
 *
 * @param correlationId Undefined while there is none.
 * @example
 * const { opened } = useOpenedTask('orders');
 * const { table } = useTable(opened, 'report');
 */
export function useOpenedTask(
  correlationId: string | undefined,
  { pipeline, runId }: OpenOptions = {},
): UsedOpenedTask {
  const runner = useRunner();
  const [round, setRound] = useState(0);
  const [known, setKnown] = useState<Known>({});
  const current = useRef<OpenedTask>(undefined);
  const refresh = useCallback(() => setRound((before) => before + 1), []);

  /** What is shown goes on until there is something newer. */
  const replace = useCallback((opened?: OpenedTask) => {
    void current.current?.close();
    current.current = opened;
  }, []);
  useEffect(() => {
    if (correlationId === undefined) return replace();
    let isWanted = true;
    const opening = runner.open(correlationId, { pipeline, runId });
    opening.then(
      (opened) => {
        if (!isWanted) return void opened.close();
        replace(opened);
        setKnown({ correlationId, pipeline, runId, opened });
      },
      (error: unknown) => {
        if (!isWanted) return;
        replace();
        setKnown({ correlationId, pipeline, runId, error: asError(error) });
      },
    );
    return () => {
      isWanted = false;
    };
  }, [runner, correlationId, pipeline, runId, round, replace]);
  useEffect(() => () => replace(), [replace]);

  const isKnown =
    known.correlationId === correlationId && known.pipeline === pipeline && known.runId === runId;
  const { opened, error } = isKnown ? known : {};
  return { opened, error, refresh };
}

interface Known {
  readonly correlationId?: string;
  readonly pipeline?: string | undefined;
  readonly runId?: string | undefined;
  readonly opened?: OpenedTask;
  readonly error?: Error;
}
