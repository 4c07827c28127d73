import { definePipeline, sink, source, sql, step, type Pipeline } from '@cairn/core';
import { fromCsv, toCsv } from '@cairn/plugins/csv';
import { fromParquet } from '@cairn/plugins/parquet';
import airportsUrl from '../../node_modules/vega-datasets/data/airports.csv?url';
import flightsUrl from '../../node_modules/vega-datasets/data/flights-3m.parquet?url';

/** The pipeline of `npm run demo`, read from URLs, written to a Blob. */
export function flightsPipeline(onBlob: (blob: Blob) => void): Pipeline {
  const absolute = (url: string): string => new URL(url, location.href).href;
  const flights = source('flights', fromParquet({ url: absolute(flightsUrl) }));
  const airports = source('airports', fromCsv({ url: absolute(airportsUrl) }));
  const delayed = step(
    'delayed',
    sql`select date, delay, distance, origin from ${flights} where delay >= ${15}`,
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
  );
  const save = sink('save', ranked, toCsv({ onBlob }));
  return definePipeline({
    name: 'flights',
    processes: { ingest: [flights, airports], report: [delayed, located, byHour, ranked, save] },
  });
}
