import type { Example } from '../example.ts';

export const weather: Example = {
  id: 'weather',
  title: 'Seattle weather',
  description: 'Four years, day by day: the usual weather of each month, and the longest wet and dry spells.',
  shows: ['CSV', 'checks', 'three processes'],
  rows: 1461,
  bytes: 48_219,
  flow: {
    weather: [],
    days: ['weather'],
    by_month: ['days'],
    turns: ['days'],
    spells: ['turns'],
    longest: ['spells'],
  },
  credits: [
    {
      title: 'Daily weather in Seattle, 2012 to 2015',
      source: 'NOAA National Climatic Data Center, by vega-datasets',
      url: 'https://www.ncdc.noaa.gov/cdo-web/datatools/records',
      license: 'U.S. Government work',
    },
  ],
};
