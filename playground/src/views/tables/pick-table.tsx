import type { OpenedRun, OpenedTask } from '@cairn/core';
import type { ReactElement } from 'react';
import { useSession } from '../../hooks/app-context.ts';
import { tablesOf, type OpenTables } from '../../state/opened-tables.ts';
import type { StepFacts } from '../../state/step-facts.ts';
import { formatAmount } from '../../ui/formats.ts';
import { InlineSelect } from '../../ui/inline-select.tsx';

/** Which step's table. */
export function PickStep({
  opened,
  steps,
  value,
  onChange,
}: {
  readonly opened: OpenedTask;
  readonly steps: readonly StepFacts[] | undefined;
  readonly value: string | undefined;
  readonly onChange: (step: string) => void;
}): ReactElement {
  // Those of the text in its order, then what an earlier text has left.
  const names = new Set([
    ...(steps ?? []).flatMap(({ name, kind }) => (kind === 'sink' || kind === 'effect' ? [] : [name])),
    ...opened.steps.keys(),
    ...(value === undefined ? [] : [value]),
  ]);
  return (
    <InlineSelect
      label="Step"
      value={value}
      choices={[...names].map((name) => {
        const rows = opened.steps.get(name)?.rows;
        return { id: name, label: name, hint: rows === undefined ? 'no table' : formatAmount(rows, 'row') };
      })}
      onChange={onChange}
    />
  );
}

const time = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' });
const endings = { success: 'succeeded', failed: 'failed', canceled: 'was cancelled' } as const;

/** Whether the tables are those of now, or as an earlier run has left them. */
export function PickRun({ state: { runs, runId } }: { readonly state: OpenTables }): ReactElement | null {
  const tables = tablesOf(useSession());
  if (runs.length < 2 && runId === undefined) return null;
  const now = 'now';
  return (
    <InlineSelect
      label="As of"
      prefix="as of"
      value={runId ?? now}
      choices={[
        { id: now, label: 'now', hint: 'As the last run of each step has left it' },
        ...runs
          .slice(1)
          .map((run) => ({ id: run.runId, label: time.format(new Date(run.begunAt)), hint: hintOf(run) })),
      ]}
      onChange={(id) => tables.openRun(id === now ? undefined : id)}
    />
  );
}

function hintOf({ status, attempt }: OpenedRun): string {
  const end = status === undefined ? 'did not come to its end' : endings[status];
  return attempt > 1 ? `Attempt ${attempt}, ${end}` : `The run ${end}`;
}
