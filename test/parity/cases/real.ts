import { sql, source, step } from '@cairn/core';
import { fromCsv } from '@cairn/plugins/csv';
import { fromParquet } from '@cairn/plugins/parquet';
import type { ParityData } from './data.ts';
import { parityCase, type ParityCase } from './parity-case.ts';

interface Quakes {
  readonly features: readonly {
    readonly id: string;
    readonly properties: Readonly<Record<string, string | number | null>>;
    readonly geometry: { readonly coordinates: readonly number[] };
  }[];
}

function parse(bytes: Uint8Array): unknown {
  return JSON.parse(new TextDecoder().decode(bytes));
}

/** Pipelines over files that people use. */
export function real(data: ParityData): readonly ParityCase[] {
  const airports = source('airports', fromCsv({ bytes: data.airports }));
  const weather = source('weather', fromCsv({ bytes: data.weather }));
  const zipcodes = source('zipcodes', fromCsv({ bytes: data.zipcodes, columns: { zip_code: 'VARCHAR' } }));
  const birdstrikes = source('birdstrikes', fromCsv({ bytes: data.birdstrikes }));
  const stocks = source('stocks', fromCsv({ bytes: data.stocks }));
  const flights = source(
    'flights',
    fromParquet({ bytes: data.flights, columns: ['date', 'delay', 'origin'] }),
  );
  const movies = step(
    'movies',
    {},
    () =>
      (parse(data.movies) as Record<string, string | number | null>[]).map((movie) =>
        // Some titles are numbers there.
        Object.assign(movie, { Title: movie['Title'] === null ? null : String(movie['Title']) }),
      ),
    { version: '1' },
  );
  const quakes = step(
    'quakes',
    {},
    () =>
      (parse(data.earthquakes) as Quakes).features.map(({ id, properties, geometry }) => ({
        id,
        properties,
        at: new Date(Number(properties['time'])),
        coordinates: geometry.coordinates,
      })),
    { version: '1' },
  );

  const delayed = step('delayed', sql`select * from ${flights} where delay >= 60`);
  const located = step(
    'located',
    sql`select d.*, a.name as airport, a.state from ${delayed} d join ${airports} a on a.iata = d.origin`,
  );
  const byHour = step(
    'by_hour',
    sql`select origin, airport, state, hour(date) as hour, count(*) as flights, avg(delay) as mean_delay from ${located} group by all`,
  );
  const monthly = step(
    'monthly',
    sql`select symbol, strptime(date, '%b %-d %Y')::DATE as day, price from ${stocks}`,
  );

  return [
    parityCase('flights', [
      step(
        'ranked',
        sql`select *, row_number() over (partition by origin order by mean_delay desc, hour) as rank from ${byHour} qualify rank = 1 order by mean_delay desc, origin`,
      ),
      step('states', sql`select state, count(*) as n, stddev(delay) as sd from ${located} group by state`),
    ]),
    parityCase('airports', [
      step(
        'by_state',
        sql`select state, count(*) as n, avg(latitude) as latitude, list(iata order by name)[1:5] as some from ${airports} group by state`,
      ),
      step(
        'neighbours',
        sql`select a.iata, b.iata as other, sqrt(pow(a.latitude - b.latitude, 2) + pow(a.longitude - b.longitude, 2)) as far from ${airports} a join ${airports} b on a.city = b.city and a.state = b.state and a.iata < b.iata`,
      ),
    ]),
    parityCase('weather', [
      step(
        'by_month',
        sql`select date_trunc('month', date) as month, weather, avg(temp_max) as high, sum(precipitation) as rain from ${weather} group by all`,
      ),
      step(
        'pivoted',
        sql`pivot (select *, year(date) as year from ${weather}) on weather using count(*) as days, max(wind) as wind group by year`,
      ),
      step(
        'running',
        sql`select date, avg(temp_max) over (order by date rows 6 preceding) as week, temp_max - lag(temp_max) over (order by date) as change from ${weather}`,
      ),
    ]),
    parityCase('zipcodes', [
      step(
        'counties',
        sql`select state, county, count(*) as n, min(zip_code) as first, max(longitude) as east from ${zipcodes} group by state, county`,
      ),
      step(
        'cities',
        sql`select distinct city from ${zipcodes} where city like 'San %' or regexp_matches(city, '[^A-Za-z .]')`,
      ),
    ]),
    parityCase('birdstrikes', [
      step(
        'kinds',
        sql`select "Wildlife Species" as species, "Phase of flight" as phase, count(*) as n, sum("Cost Total $") as cost from ${birdstrikes} group by all`,
      ),
      step('worst', sql`select * from ${birdstrikes} order by "Cost Total $" desc nulls last limit 50`),
    ]),
    parityCase('stocks', [
      step(
        'returns',
        sql`select symbol, day, price / lag(price) over (partition by symbol order by day) - 1 as change from ${monthly}`,
      ),
      step(
        'compared',
        sql`select a.symbol, b.symbol as other, corr(a.price, b.price) as c from ${monthly} a join ${monthly} b using (day) group by all`,
      ),
    ]),
    parityCase('zipcodes-and-airports', [
      step(
        'joined',
        sql`select a.iata, count(z.zip_code) as n, min(z.zip_code) as first from ${airports} a left join ${zipcodes} z on z.city = a.city and z.state = a.state group by a.iata`,
      ),
    ]),
    parityCase('movies', [
      step(
        'directors',
        sql`select "Director" as director, count(*) as n, sum("Worldwide Gross") as gross, avg("IMDB Rating") as rating from ${movies} group by director`,
      ),
      step(
        'by_genre',
        sql`select "Major Genre" as genre, "MPAA Rating" as rating, list("Title" order by "IMDB Votes" desc nulls last, "Title")[1:3] as best from ${movies} group by all`,
      ),
    ]),
    parityCase('earthquakes', [
      step(
        'strong',
        sql`select id, properties.mag as mag, properties.place as place, "at", coordinates[3] as depth from ${quakes} where properties.mag > 4`,
      ),
      step(
        'by_net',
        sql`select properties.net as net, properties.magType as type, count(*) as n, avg(properties.mag) as mag, max("at") as last from ${quakes} group by all`,
      ),
    ]),
  ];
}
