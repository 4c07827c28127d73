import { definePipeline, param, sink, source, sql, step } from '@cairn/core';
import { fromCsv, toCsv } from '@cairn/plugins/csv';
import { fromParquet } from '@cairn/plugins/parquet';
import { z } from 'zod';
import { adviceFor } from './advice.ts';

const data = 'node_modules/vega-datasets/data';

// Three million flights within the USA, and where their airports are.
const flights = source('flights', fromParquet({ path: `${data}/flights-3m.parquet` }));
const airports = source('airports', fromCsv({ path: `${data}/airports.csv` }));

const delayed = step(
  'delayed',
  sql`select date, delay, distance, origin from ${flights} where delay >= ${param('minDelay')}`,
  { description: 'Flights that came in late' },
);

const located = step(
  'located',
  sql`select d.*, a.name airport, a.state from ${delayed} d join ${airports} a on a.iata = d.origin`,
);

const byHour = step(
  'by_hour',
  sql`
    select origin, airport, state, hour(date) as hour, count(*) as flights, avg(delay) as mean_delay
    from ${located}
    group by all
    having count(*) >= 200`,
);

const ranked = step(
  'ranked',
  sql`
    select *, row_number() over (partition by origin order by mean_delay desc, hour) as rank
    from ${byHour}
    qualify rank = 1
    order by mean_delay desc, origin`,
  { description: 'The worst hour of each airport' },
);

const advice = step('advice', { ranked }, adviceFor, { version: '1' });

const save = sink('save', advice, toCsv({ path: 'out/worst-hours.csv' }));

export default definePipeline({
  name: 'flights',
  params: z.object({ minDelay: z.number().int().default(15) }),
  processes: {
    ingest: [flights, airports],
    report: [delayed, located, byHour, ranked, advice, save],
  },
});
