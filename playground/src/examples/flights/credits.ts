import type { Example } from '../example.ts';

export const flights: Example = {
  id: 'flights',
  title: 'Flights',
  description: 'When is the worst hour to land? 200,000 flights within the USA, smoothed and ranked.',
  shows: ['Arrow file', 'window functions', 'checks'],
  rows: 200_000,
  bytes: 1_600_864,
  flow: {
    flights: [],
    late: ['flights'],
    smoothed: ['late'],
    by_hour: ['smoothed'],
    by_distance: ['late'],
    ranked: ['by_hour'],
  },
  credits: [
    {
      title: 'On-time performance of airlines',
      source: 'U.S. Bureau of Transportation Statistics, by vega-datasets',
      url: 'https://www.transtats.bts.gov/',
      license: 'collected under 14 CFR Part 234',
    },
  ],
};
