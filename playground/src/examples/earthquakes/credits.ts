import type { Example } from '../example.ts';

export const earthquakes: Example = {
  id: 'earthquakes',
  title: 'Earthquakes',
  description:
    'A week of 1,707 earthquakes: hour by hour, region by region, what came after the strong ones, and which were swarms.',
  shows: ['GeoJSON', 'nested types', 'a join over time and space', 'TypeScript'],
  rows: 1707,
  bytes: 1_219_853,
  flow: {
    features: [],
    quakes: ['features'],
    by_hour: ['quakes'],
    by_region: ['quakes'],
    strong: ['quakes'],
    aftershocks: ['strong', 'quakes'],
    near: ['quakes'],
    groups: ['near'],
    swarms: ['groups', 'quakes'],
  },
  credits: [
    {
      title: 'All earthquakes, 31 January to 7 February 2018',
      source: 'U.S. Geological Survey, by vega-datasets',
      url: 'https://earthquake.usgs.gov/earthquakes/feed/',
      license: 'public domain',
    },
  ],
};
