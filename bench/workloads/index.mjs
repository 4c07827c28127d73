import { chain } from './chain.mjs';
import { flights } from './flights.mjs';
import { nested, strings, tiny, wide } from './shapes.mjs';

const makers = { chain, flights, nested, strings, tiny, wide };

/** A workload by name: `chain`, or with how many rows (of `tiny`: tables), `chain:1000000`. */
export function workload(text) {
  const [name, size] = text.split(':');
  return makers[name](Number(size));
}
