import { useEffect } from 'react';
import type { Asked } from '../state/asked.ts';
import { pastRunsOf, type PastRun } from '../state/past-runs.ts';
import { useSession } from './app-context.ts';
import { useReadable } from './use-readable.ts';

/** The earlier runs of the opened project, also when another one has ended. */
export function usePastRuns(): Asked<readonly PastRun[]> {
  const runs = pastRunsOf(useSession());
  useEffect(() => runs.load(), [runs]);
  return useReadable(runs);
}
