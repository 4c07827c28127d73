import { useEffect } from 'react';
import type { Asked } from '../state/asked.ts';
import { lastDefined } from '../state/definition.ts';
import { storedOf, type Stored } from '../state/stored.ts';
import { useSession } from './app-context.ts';
import { useReadable } from './use-readable.ts';

/** What is stored of the opened project, also when a run has ended. */
export function useStored(): Asked<Stored> {
  const session = useSession();
  const stored = storedOf(session);
  const pipeline = lastDefined(useReadable(session.definition))?.plan.pipeline;
  useEffect(() => {
    if (pipeline !== undefined) stored.load();
  }, [stored, pipeline]);
  return useReadable(stored);
}
