import { param, sql, type Sql, type TableStep } from '@cairn/core';
import type { StepRecipe } from './recipe.ts';

/** A piece of a statement: a token, or a placeholder. */
type Piece = string | TableStep | Sql;

// Those of the statements below whose case is not data, by DuckDB's list of reserved words.
const reserved = new Set(
  'select from where group order limit using as and union all with except in asc desc offset'.split(' '),
);

/** What may stand between two tokens; no token is longer or shorter for it. */
const gaps = [
  ' ',
  '\n',
  '\t ',
  ' /* it\'s "quoted" */ ',
  ' -- select ; $1\n',
  ' /* /* ${nested} */ */ ',
  '\r\n  ',
  '/**/ ',
];

/** Whether a form's result is made with a volatile function, by itself. */
export const isRandom = ({ kind, form }: StepRecipe): boolean => kind === 'sql' && form === 6;

/** Whether a form uses the step's param. */
export const usesParam = ({ kind, form }: StepRecipe): boolean =>
  (kind === 'sql' && (form === 2 || form === 5 || form === 8)) ||
  (kind === 'transform' && form === 2) ||
  (kind === 'effect' && form === 1);

/** The statement of a step of SQL, written in the step's style. Its table has the columns `k` and `v`, whole numbers. */
export function statementOf(step: StepRecipe, inputs: readonly TableStep[]): Sql {
  return write(piecesOf(step, inputs), step.style);
}

function piecesOf({ form, constant, param: name }: StepRecipe, inputs: readonly TableStep[]): Piece[] {
  const [a, b] = inputs as [TableStep, TableStep];
  const c = sql`${constant}`;
  const words = (text: string): string[] => text.split(' ');
  switch (form) {
    case 0:
      return [...words('select i as k , ( i +'), c, ...words(') :: bigint as v from range ( 4 ) t ( i )')];
    case 1:
      return [...words(`select k , ( v + ${constant} ) % 50 as v from`), a];
    case 2:
      return [...words('select k , v from'), a, 'where', 'v', '>', sql`${param(name)}`];
    case 3:
      return [...words('select k % 3 as k , sum ( v ) :: bigint % 50 as v from'), a, 'group', 'by', 'all'];
    case 4:
      return [...words(`select k , least ( v , ${constant} ) as v from`), a];
    case 5:
      return [
        ...words('select k , row_number ( ) over ( order by k , v ) as v from'),
        a,
        ...words('where v <>'),
        sql`${param(name)}`,
        ...words('order by all limit 20'),
      ];
    case 6:
      return [...words(`select k , v + ( random ( ) * 0 ) :: bigint + ${constant} as v from`), a];
    case 7:
      return [
        ...words('with t as ( select * from'),
        a,
        ...words(`) select k , v from t order by v , k limit ${constant + 1}`),
      ];
    case 8:
      return ['from', a, ...words('select k , v where k <='), sql`${param(name)}`];
    case 9:
      return [...words('select'), c, ...words(':: bigint as k , count ( * ) as v from'), a];
    case 10:
      return [
        ...words('select k , ( a.v * b.v ) % 50 as v from'),
        a,
        ...words('a join'),
        b,
        ...words('b using ( k ) order by all limit 20'),
      ];
    case 11:
      return [
        ...words('select k , v from'),
        a,
        ...words('union all select k , v from'),
        b,
        ...words('limit 20'),
      ];
    case 12:
      return [...words('select k , v from'), a, ...words('where k in ( select k from'), b, ')'];
    default:
      return [...words('select k , v from'), a, ...words('except select k , v from'), b];
  }
}

/** Joins the pieces. Style 0 is plain; in others the gaps and the case of reserved words follow from the number. */
function write(pieces: readonly Piece[], style: number): Sql {
  const strings: string[] = [''];
  const values: (TableStep | Sql)[] = [];
  let state = style;
  const draw = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 16) % below;
  };
  for (const piece of pieces) {
    const gap = style === 0 ? ' ' : (gaps[draw(gaps.length)] as string);
    if (typeof piece !== 'string') {
      strings[strings.length - 1] += gap;
      values.push(piece);
      strings.push('');
      continue;
    }
    const isUpper = style !== 0 && reserved.has(piece) && draw(2) === 1;
    strings[strings.length - 1] += gap + (isUpper ? piece.toUpperCase() : piece);
  }
  return sql(Object.assign([...strings], { raw: strings }), ...values);
}
