import { definePipeline, param, sql, step } from '@cairn/core';
import { tableFromIPC } from 'apache-arrow';
import flightsUrl from '../../node_modules/vega-datasets/data/flights-200k.arrow?url';
import { z } from 'zod';

// Delay in minutes, distance in miles, time of day in hours.
const flights = step(
  'flights',
  {},
  async (_inputs, { signal }) => {
    const response = await fetch(flightsUrl, { signal });
    if (!response.ok) throw new Error(`${flightsUrl}: ${response.status}`);
    return tableFromIPC(await response.arrayBuffer());
  },
  { version: '1', description: '200,000 flights, as an Arrow file' },
);

const late = step(
  'late',
  sql`select time, delay, distance, delay > ${param('minDelay')} as is_late from ${flights}`,
);

const smoothed = step(
  'smoothed',
  sql`
    select *, avg(delay) over (order by time range between 0.1 preceding and 0.1 following) as around
    from ${late}
    order by time, distance, delay`,
  { description: 'The mean delay within six minutes of each flight' },
);

const byHour = step(
  'by_hour',
  sql`
    select floor(time)::integer as hour, count(*) as flights, avg(is_late::integer) as late, max(around) as worst
    from ${smoothed}
    group by all
    having count(*) >= 1000`,
);

const ranked = step('ranked', sql`select * from ${byHour} order by late desc, hour limit 10`);

const advice = step(
  'advice',
  { ranked },
  async (inputs) => {
    const table = await inputs.ranked.arrow();
    return table.toArray().map((row) => ({
      hour: `${String(row['hour']).padStart(2, '0')}:00`,
      flights: Number(row['flights']),
      late: `${Math.round(Number(row['late']) * 100)} %`,
      worst_mean_delay: `${Math.round(Number(row['worst']))} min`,
    }));
  },
  { version: '1' },
);

export const flightsPipeline = definePipeline({
  name: 'flights',
  params: z.object({ minDelay: z.number().int().default(15) }),
  processes: { ingest: [flights], report: [late, smoothed, byHour, ranked, advice] },
});
