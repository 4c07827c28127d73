import type { Example } from '../example.ts';

export const zipcodes: Example = {
  id: 'zipcodes',
  title: 'Zip codes',
  description:
    'The remotest places of each state, by 42,049 zip codes, and the names that most states share.',
  shows: ['CSV', 'joins', 'params'],
  rows: 42_049,
  bytes: 2_018_388,
  steps: 6,
  credits: [
    {
      title: 'Postal codes of the USA and Puerto Rico',
      source: 'GeoNames, by vega-datasets',
      url: 'https://download.geonames.org/export/zip/',
      license: 'CC BY 4.0',
    },
  ],
};
