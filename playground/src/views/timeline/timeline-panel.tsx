import { useMemo, useState, type ReactElement } from 'react';
import { useSession } from '../../hooks/app-context.ts';
import { useClock } from '../../hooks/use-clock.ts';
import { usePastRuns } from '../../hooks/use-past-runs.ts';
import { useReadable } from '../../hooks/use-readable.ts';
import { lastDefined } from '../../state/definition.ts';
import { pastRunsOf, type PastRun } from '../../state/past-runs.ts';
import { pastTimelineOf, roomFor, timelineOf, type Timeline } from '../../state/timeline-rows.ts';
import { Button } from '../../ui/button.tsx';
import { Empty, Loading } from '../../ui/empty.tsx';
import { formatDuration } from '../../ui/formats.ts';
import { InlineSelect } from '../../ui/inline-select.tsx';
import { formatTime } from '../../ui/time.ts';
import { Tooltip } from '../../ui/tooltip.tsx';
import { SelectedRow } from './selected-row.tsx';
import { TimelineChart } from './timeline-chart.tsx';
import styles from './timeline.module.css';
import { useZoom } from './use-zoom.ts';

const current = 'current';
const endings: Readonly<Record<PastRun['status'], string>> = {
  success: 'done',
  failed: 'failed',
  canceled: 'canceled',
  interrupted: 'interrupted',
};

/** When each step was at work: of the run that is under way, of the last one, or of an earlier one. */
export function TimelinePanel(): ReactElement {
  const session = useSession();
  const { definition, view } = session;
  const { shown } = pastRunsOf(session);
  const past = usePastRuns();
  const { run } = useReadable(view);
  const plan = lastDefined(useReadable(definition))?.plan;
  const wanted = useReadable(shown);
  const earlier = past.value?.filter(({ runId }) => runId !== run?.runId) ?? [];
  const chosen =
    earlier.find(({ runId }) => runId === wanted) ?? (run === undefined ? earlier[0] : undefined);

  const inputs = useMemo(
    () => new Map(plan?.steps.map(({ name, inputs: own, after }) => [name, [...own, ...after]])),
    [plan],
  );
  const [seen] = useState<{ last?: Timeline }>(() => ({}));
  const timeline = useMemo(() => {
    if (chosen !== undefined) return pastTimelineOf(chosen);
    if (run !== undefined) seen.last = timelineOf(run, inputs, seen.last);
    return run === undefined ? undefined : seen.last;
  }, [chosen, run, inputs, seen]);

  if (timeline === undefined)
    return past.value === undefined && past.error === undefined ? (
      <Loading what="Looking for runs ..." />
    ) : (
      <Empty title="Nothing has run yet">A run shows here when each step was at work, as it goes on.</Empty>
    );
  const choices = [
    ...(run === undefined
      ? []
      : [{ id: current, label: run.status === 'running' ? 'Under way' : 'Last run' }]),
    ...earlier.map(({ runId, startedAt, durationMs, status }) => ({
      id: runId,
      label: `${formatTime(startedAt)}, ${endings[status]}, ${formatDuration(durationMs)}`,
    })),
  ];
  return (
    <Shown
      key={timeline.runId}
      timeline={timeline}
      pick={
        <InlineSelect
          label="Run"
          value={chosen?.runId ?? current}
          choices={choices}
          onChange={(id) => shown.set(id === current ? undefined : id)}
        />
      }
      isRecorded={chosen !== undefined}
    />
  );
}

function Shown({
  timeline,
  pick,
  isRecorded,
}: {
  readonly timeline: Timeline;
  readonly pick: ReactElement;
  readonly isRecorded: boolean;
}): ReactElement {
  const { startedAt, durationMs } = timeline;
  const time = useClock(durationMs === undefined);
  const now = durationMs ?? Math.max(0, time - startedAt);
  const zoom = useZoom(durationMs === undefined ? roomFor(now) : Math.max(durationMs, 1));
  return (
    <div className={styles.panel}>
      <div className={styles.tools}>
        {pick}
        <span className={styles.about}>
          {isRecorded ? 'From the records: a bar for each step' : `Began ${formatTime(startedAt)}`}
        </span>
        <span className={styles.zoom}>
          <Tooltip text="Zoom out (-)">
            <Button
              look="quiet"
              icon="minus"
              aria-label="Zoom out"
              isDisabled={zoom.isFit}
              onPress={() => zoom.by(0.5)}
            />
          </Tooltip>
          <Button look="quiet" isDisabled={zoom.isFit} onPress={zoom.fit}>
            Fit
          </Button>
          <Tooltip text="Zoom in (+, or Ctrl and the wheel)">
            <Button look="quiet" icon="plus" aria-label="Zoom in" onPress={() => zoom.by(2)} />
          </Tooltip>
        </span>
      </div>
      <TimelineChart timeline={timeline} now={now} zoom={zoom} />
      <SelectedRow rows={timeline.rows} now={now} />
    </div>
  );
}
