import type { Project } from '../state/ports.ts';
import { earthquakes } from './earthquakes/credits.ts';
import type { Example } from './example.ts';
import { flights } from './flights/credits.ts';
import { movies } from './movies/credits.ts';
import { weather } from './weather/credits.ts';
import { zipcodes } from './zipcodes/credits.ts';

/** The examples, as the gallery lists them. */
export const examples: readonly Example[] = [flights, weather, movies, zipcodes, earthquakes];

const texts: Readonly<Record<string, () => Promise<{ readonly default: string }>>> = {
  flights: () => import('./flights/pipeline.yaml?raw'),
  weather: () => import('./weather/pipeline.yaml?raw'),
  movies: () => import('./movies/pipeline.yaml?raw'),
  zipcodes: () => import('./zipcodes/pipeline.yaml?raw'),
  earthquakes: () => import('./earthquakes/pipeline.yaml?raw'),
};

/** The project that an example begins as; undefined when there is none of that id. */
export async function loadExample(id: string): Promise<Project | undefined> {
  const example = examples.find((one) => one.id === id);
  const text = await texts[id]?.();
  if (example === undefined || text === undefined) return undefined;
  return { id, title: example.title, example: id, yaml: text.default, params: {} };
}
