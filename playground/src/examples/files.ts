import earthquakes from '#data/earthquakes.json?url';
import flights from '#data/flights-200k.arrow?url';
import movies from '#data/movies.json?url';
import weather from '#data/seattle-weather.csv?url';
import zipcodes from '#data/zipcodes.csv?url';

/** Where the files that ship with the app are served, by the paths by which pipelines name them. */
export const exampleFiles: Readonly<Record<string, string>> = {
  'data/earthquakes.json': earthquakes,
  'data/flights-200k.arrow': flights,
  'data/movies.json': movies,
  'data/seattle-weather.csv': weather,
  'data/zipcodes.csv': zipcodes,
};
