import type { StoredCheckpoint } from '@cairn/core';
import { useEffect, useState } from 'react';
import { askAfterRuns } from '../state/ask-after-runs.ts';
import type { Asked } from '../state/asked.ts';
import { retentionOf, type RetentionRule } from '../state/storage.ts';
import { useSession } from './app-context.ts';
import { useReadable } from './use-readable.ts';

/** The checkpoints of all projects and why they are kept by a rule; and how to look again. */
export function useKept(
  rule: RetentionRule,
): Asked<readonly StoredCheckpoint[]> & { readonly refresh: () => void } {
  const session = useSession();
  const [{ asker, ruleNow }] = useState(() => {
    const ruleNow = { current: rule };
    const read = async (): Promise<readonly StoredCheckpoint[]> => {
      const { runner } = await session.bench();
      return runner.checkpoints({}, { retention: retentionOf(ruleNow.current) });
    };
    return { ruleNow, asker: askAfterRuns(session, read) };
  });
  useEffect(() => {
    ruleNow.current = rule;
    asker.load();
  }, [asker, rule, ruleNow]);
  return { ...useReadable(asker), refresh: asker.load };
}
