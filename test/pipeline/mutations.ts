import { lex } from '../../packages/core/dist/pipeline/lexer.js';

/** Numbers from 0 to below a bound, which follow from a seed. */
export type Draw = (below: number) => number;

/** A source of numbers; the same for the same seed. */
export function draws(seed: number): Draw {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
}

const pick = <T>(draw: Draw, items: readonly T[]): T => items[draw(items.length)] as T;

// What tokens are told apart by, and what may run together with a neighbour.
const bits = (
  '? - + * / % @ # $ . : = < > ! ~ & | ^ ` \\ \' " $$ e x b 1 _ -- /* */ \n \r \t  ( ) [ ] ; , { } é 日 \u00a0 \u3000 ' +
  '-- + - @ e1 1e .5 ::'
)
  .split(' ')
  .map((bit) => (bit === '' ? ' ' : bit));

/** A statement of the corpus with one to three mutations: tokens left out, put in, put in place of others, or run together. */
export function mutate(corpus: readonly string[], draw: Draw): string {
  let sql = pick(draw, corpus);
  for (let left = 1 + draw(3); left > 0; left -= 1) {
    const { tokens } = lex(sql);
    if (tokens.length === 0) break;
    const [one, other] = [pick(draw, tokens), pick(draw, tokens)];
    const donor = pick(draw, corpus);
    const given = pick(draw, lex(donor).tokens);
    const alien = given === undefined ? '' : donor.slice(given.start, given.end);
    const [before, after] = [sql.slice(0, one.start), sql.slice(one.end)];
    const self = sql.slice(one.start, one.end);
    sql = [
      () => before + after,
      () => before + alien + after,
      () => before + self + alien + after,
      () => before + pick(draw, bits) + self + after,
      () => before + self + after.trimStart(),
      () => before + sql.slice(other.start, other.end) + after,
    ][draw(6)]?.() as string;
  }
  return sql;
}
