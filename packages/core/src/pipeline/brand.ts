/** What tells Cairn's own values from look-alikes. */
export type Brand = 'param' | 'pipeline' | 'plugin' | 'secret' | 'sql' | 'step';

/** A value that one of Cairn's factories made. */
export interface Branded<B extends Brand> {
  readonly '~cairn': B;
}

/** Says whether a value was made by the factory of that brand. */
export function isBranded<B extends Brand>(value: unknown, brand: B): value is Branded<B> {
  return typeof value === 'object' && value !== null && (value as Partial<Branded<B>>)['~cairn'] === brand;
}
