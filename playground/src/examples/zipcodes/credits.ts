import type { Example } from '../example.ts';

export const zipcodes: Example = {
  id: 'zipcodes',
  title: 'Zip codes',
  description:
    'The remotest places of each state, by 42,049 zip codes, and the names that most states share.',
  shows: ['CSV', 'joins', 'params'],
  rows: 42_049,
  bytes: 2_018_388,
  flow: {
    zip_codes: [],
    states: ['zip_codes'],
    distances: ['zip_codes', 'states'],
    remotest: ['distances'],
    spread: ['distances'],
    namesakes: ['zip_codes'],
  },
  credits: [
    {
      title: 'Postal codes of the USA and Puerto Rico',
      source: 'GeoNames, by vega-datasets',
      url: 'https://download.geonames.org/export/zip/',
      license: 'CC BY 4.0',
    },
  ],
};
