import type { Example } from '../example.ts';

export const movies: Example = {
  id: 'movies',
  title: 'Movies',
  description:
    'What films earn for each dollar that they cost, from 3,201 rows with mistakes left in on purpose.',
  shows: ['JSON', 'checks that warn', 'cleaning'],
  rows: 3201,
  bytes: 1_399_981,
  flow: {
    films: [],
    dated: ['films'],
    undated: ['dated'],
    comparable: ['dated'],
    by_genre: ['comparable'],
    by_decade: ['comparable'],
    critics: ['comparable'],
  },
  credits: [
    {
      title: 'Films, their budgets, takings and ratings',
      source: 'vega-datasets',
      url: 'https://github.com/vega/vega-datasets',
      license: 'origin not stated',
    },
  ],
};
