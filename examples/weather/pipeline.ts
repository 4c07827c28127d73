import { definePipeline, param, sink, source, sql, step } from '@cairn/core';
import { fromCsv, toCsv } from '@cairn/plugins/csv';
import { z } from 'zod';
import { vehiclesFor } from './vehicles.ts';

const data = '../../node_modules/vega-datasets/data';

// Four years of weather in Seattle, day by day, and where every zip code of the USA is.
const weather = source('weather', fromCsv({ path: `${data}/seattle-weather.csv` }));
const zipCodes = source('zip_codes', fromCsv({ path: `${data}/zipcodes.csv` }));

const nearby = step(
  'nearby',
  sql`
    select zip_code, city, county,
      6371 * 2 * asin(sqrt(pow(sin(radians(latitude - 47.6062) / 2), 2)
        + cos(radians(latitude)) * cos(radians(47.6062)) * pow(sin(radians(longitude + 122.3321) / 2), 2))) as km
    from ${zipCodes}
    where state = 'WA' and km <= ${param('radiusKm')}
    order by zip_code`,
  { description: 'Zip codes around Seattle, and how far out they are' },
);

const areas = step(
  'areas',
  sql`select county, city, count(*) as zip_codes, avg(km) as km from ${nearby} group by all order by km`,
);

const months = step(
  'months',
  sql`
    select month(date) as month, avg((precipitation > 1)::integer) as wet, avg(temp_max) as temp, avg(wind) as wind
    from ${weather}
    group by all
    order by month`,
  { description: 'How the weather is in each month: the share of wet days, temperature, wind' },
);

const rounds = step('rounds', sql`from ${areas} cross join ${months} order by km, city, month`);

const vehicles = step('vehicles', { rounds }, vehiclesFor, {
  version: '1',
  description: 'Which vehicle goes where in which month',
});

const byMonth = step(
  'by_month',
  sql`
    select month, count(*) filter (vehicle = 'bicycle') as bicycles, count(*) filter (vehicle = 'van') as vans
    from ${vehicles}
    group by all
    order by month`,
);

const save = sink('save', byMonth, toCsv({ path: 'out/vehicles.csv' }));

export default definePipeline({
  name: 'couriers',
  params: z.object({ radiusKm: z.number().positive().default(40) }),
  processes: {
    ingest: [weather, zipCodes],
    prepare: [nearby, areas, months],
    report: [rounds, vehicles, byMonth, save],
  },
});
