/** A question to the records that is ready to be asked. */
export interface ReadyQuery {
  readonly id: string;
  readonly title: string;
  readonly sql: string;
}

/** Questions about the runs of a project, whose task has its id. */
export function readyQueries(project: string): readonly ReadyQuery[] {
  const own = `correlation_id = '${project.replaceAll("'", "''")}'`;
  return [
    {
      id: 'slowest',
      title: 'Slowest steps',
      sql: `select step, count(*) as runs, median(duration_ms)::bigint as median_ms, max(duration_ms) as longest_ms
from step_runs
where ${own} and status = 'success'
group by step
order by median_ms desc`,
    },
    {
      id: 'changed',
      title: 'What changed: the last run and the one before',
      sql: `with runs as (
  select run_id, row_number() over (order by started_at desc) as ago
  from pipeline_runs where ${own}
)
select step,
  max(duration_ms) filter (ago = 1) as last_ms,
  max(duration_ms) filter (ago = 2) as before_ms,
  case when count(*) filter (ago = 1) = 0 then 'reused now'
    when count(*) filter (ago = 2) = 0 then 'ran now, not before'
    else 'ran both times' end as what
from step_runs join runs using (run_id)
where ago <= 2
group by step
order by step`,
    },
    {
      id: 'failures',
      title: 'What failed',
      sql: `select started_at, step, error_type, error_message
from step_runs
where ${own} and status = 'failed'
order by started_at desc`,
    },
    {
      id: 'checks',
      title: 'Checks that did not pass',
      sql: `select started_at, step, check_name, severity, status, failing, message
from check_runs
where ${own} and status <> 'passed'
order by started_at desc`,
    },
    {
      id: 'runs',
      title: 'All runs',
      sql: `select started_at, pipeline, status, duration_ms, failed_step, error_type
from pipeline_runs
where ${own}
order by started_at desc`,
    },
  ];
}
