import type { CheckpointScope } from '@cairn/core';

/** A row of every table of the oracle's pipelines: `k` and `v`, whole numbers, so that any step can read any other. */
export type Row = readonly [k: number, v: number];

/** A step as data, from which its handle is built and its meaning is told without asking Cairn. */
export interface StepRecipe {
  /** Stays the same when the step is renamed. */
  readonly id: number;
  readonly name: string;
  readonly kind: 'source' | 'sql' | 'transform' | 'fanIn' | 'sink' | 'effect';
  /** Ids of steps with tables, which all stand before this one. */
  readonly inputs: readonly number[];
  /** Which of its kind's statements, functions or options it has. */
  readonly form: number;
  readonly constant: number;
  readonly param: 'p' | 'q';
  /** Counts changes of a transform's or an effect's version besides those of its code. */
  readonly version: number;
  readonly checkpoint: CheckpointScope;
  readonly volatile: boolean | undefined;
  /** Of an effect: remembered beyond its task. */
  readonly reuse: boolean;
  /** Of a source: its file. */
  readonly rows: readonly Row[];
  readonly place: number;

  // What follows is cosmetic: nothing of it may make a step run.
  /** How its SQL is spaced, commented and written in upper or lower case. */
  readonly style: number;
  readonly description: string | undefined;
  readonly tags: readonly string[];
  readonly retry: boolean;
  readonly after: readonly number[];
  readonly process: number;
}

/** A pipeline, its params and its task as data. */
export interface Recipe {
  readonly pipeline: string;
  readonly task: string;
  readonly params: { readonly p: number; readonly q: number; readonly unused: number };
  /** Each after all its inputs. */
  readonly steps: readonly StepRecipe[];
  /** In which order the steps are listed. */
  readonly order: number;
  /** Ids of sources whose files are gone, and of transforms and effects that fail, until the next edit. */
  readonly missing: readonly number[];
  readonly failing: readonly number[];
  /** Ids of sinks whose files somebody else has written since. */
  readonly tampered: readonly number[];
}

/** What a step is made of, drawn at random; every number counts modulo what there is to choose from. */
export interface Gene {
  readonly kind: number;
  readonly inputs: readonly [number, number, number];
  readonly form: number;
  readonly constant: number;
  readonly options: number;
  readonly rows: readonly Row[];
}

const kinds: readonly StepRecipe['kind'][] = [
  ...Array<'sql'>(9).fill('sql'),
  ...Array<'source'>(4).fill('source'),
  ...Array<'transform'>(3).fill('transform'),
  'fanIn',
  'fanIn',
  'sink',
  'sink',
  'effect',
  'effect',
];
const scopes: readonly CheckpointScope[] = [
  ...Array<'cache'>(8).fill('cache'),
  false,
  false,
  'correlation',
  'run',
];

/** Says whether a step has a table. */
export const hasTable = ({ kind }: StepRecipe): boolean => kind !== 'sink' && kind !== 'effect';

/** How many inputs a statement needs, by its form. */
const arities = [0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2];

/** A step made of a gene, reading some of those before it. */
export function stepOf(gene: Gene, id: number, before: readonly StepRecipe[]): StepRecipe {
  const tables = before.filter(hasTable).map((step) => step.id);
  const pick = (at: 0 | 1 | 2): number => tables[gene.inputs[at] % tables.length] as number;
  const isFirst = tables.length === 0;
  const kind = isFirst ? 'source' : (kinds[gene.kind % kinds.length] as StepRecipe['kind']);
  const distinct = [...new Set([pick(0), pick(1), pick(2)])];
  const form = gene.form % (kind === 'sql' ? arities.length : 3);
  const inputs: Record<StepRecipe['kind'], readonly number[]> = {
    source: [],
    sql: [pick(0), pick(1)].slice(0, arities[form]),
    transform: [pick(0)],
    fanIn: distinct,
    sink: [pick(0)],
    effect: [pick(0)],
  };
  const { options } = gene;
  const scope = scopes[options % scopes.length] as CheckpointScope;
  const rest = Math.floor(options / scopes.length);
  return {
    id,
    name: `${kind}_${id}`,
    kind,
    inputs: inputs[kind],
    form,
    constant: gene.constant,
    param: rest % 2 === 0 ? 'p' : 'q',
    version: 0,
    // A sink and an effect have a receipt for a checkpoint, which is never left out.
    checkpoint: kind === 'sink' || kind === 'effect' ? 'cache' : scope,
    volatile: rest % 7 === 1 ? true : undefined,
    reuse: rest % 3 !== 0,
    rows: gene.rows,
    place: 0,
    style: 0,
    description: undefined,
    tags: [],
    retry: false,
    after: [],
    process: rest % 3,
  };
}

/** A recipe as it is before any edit. */
export function recipeOf(genes: readonly Gene[]): Recipe {
  const steps: StepRecipe[] = [];
  for (const [id, gene] of genes.entries()) steps.push(stepOf(gene, id, steps));
  return {
    pipeline: 'oracle',
    task: 'job',
    params: { p: 1, q: 2, unused: 0 },
    steps,
    order: 0,
    missing: [],
    failing: [],
    tampered: [],
  };
}
