/** The most columns that a table gets from JSON. */
export const mostColumns: number = 100_000;
/** Objects at one place with more different keys than these are kept as JSON text: they are maps, and no records. */
export const mostFields: number = 1000;
/** How deep types are nested; the engine's Arrow tables end at 64 levels, of which a list takes two. Deeper values are kept as JSON text. */
export const mostTypeDepth: number = 24;
/** The most fields of all objects of a file's types. */
export const mostAllFields: number = 1_000_000;
