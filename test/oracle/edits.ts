import { usesParam } from './statement.ts';
import { hasTable, stepOf, type Gene, type Recipe, type Row, type StepRecipe } from './recipe.ts';

/** What an edit is made of, drawn at random; every number counts modulo what there is to choose from. */
export interface EditGene {
  readonly edit: Edit;
  readonly target: number;
  readonly value: number;
  /** For what is added. */
  readonly gene: Gene;
}

type Change = (recipe: Recipe, gene: EditGene, earlier: readonly Recipe[]) => Recipe;

/** A change of one step: of those that fit, the one that the gene names. */
const one =
  (
    fits: (step: StepRecipe) => boolean,
    change: (step: StepRecipe, gene: EditGene, recipe: Recipe) => Partial<StepRecipe>,
  ): Change =>
  (recipe, gene) => {
    const fitting = recipe.steps.filter(fits);
    const chosen = fitting[gene.target % fitting.length];
    if (chosen === undefined) return recipe;
    const edited = { ...chosen, ...change(chosen, gene, recipe) };
    return { ...recipe, steps: recipe.steps.map((step) => (step === chosen ? edited : step)) };
  };

const is =
  (...kinds: readonly StepRecipe['kind'][]) =>
  ({ kind }: StepRecipe): boolean =>
    kinds.includes(kind);
const any = (): boolean => true;
const next = (now: number, by: number, count: number): number => (now + 1 + (by % (count - 1))) % count;

/** Ids of steps with tables before this one. */
function before(recipe: Recipe, step: StepRecipe): number[] {
  return recipe.steps
    .slice(0, recipe.steps.indexOf(step))
    .filter(hasTable)
    .map(({ id }) => id);
}

/** Adds an id to one of the lists of what is wrong outside. */
const amiss =
  (list: 'missing' | 'failing' | 'tampered', fits: (step: StepRecipe) => boolean): Change =>
  (recipe, { target }) => {
    const fitting = recipe.steps.filter(fits);
    const chosen = fitting[target % fitting.length];
    return chosen === undefined ? recipe : { ...recipe, [list]: [...recipe[list], chosen.id] };
  };

/** Edits after which no step may run again. */
const cosmetic = {
  nothing: (recipe) => recipe,
  'SQL style': one(is('sql'), (_, { value }) => ({ style: value + 1 })),
  'SQL style of all': (recipe, { value }) => ({
    ...recipe,
    steps: recipe.steps.map((step) => ({ ...step, style: value + step.id + 1 })),
  }),
  description: one(any, (_, { value }) => ({ description: `words ${value}` })),
  tags: one(any, (_, { value }) => ({ tags: [`tag${value}`] })),
  retry: one(any, ({ retry }) => ({ retry: !retry })),
  after: one(any, (step, { value }, recipe) => {
    const ids = recipe.steps.slice(0, recipe.steps.indexOf(step)).map(({ id }) => id);
    return ids.length === 0 ? {} : { after: [ids[value % ids.length] as number] };
  }),
  process: one(any, ({ process }, { value }) => ({ process: next(process, value, 3) })),
  order: (recipe, { value }) => ({ ...recipe, order: value + 1 }),
  'unused param': (recipe, { value }) => ({ ...recipe, params: { ...recipe.params, unused: value } }),
  'file written again': one(is('source'), ({ rows }) => ({ rows: [...rows] })),
  'file moved': one(is('source'), ({ place }) => ({ place: place + 1 })),
} satisfies Record<string, Change>;

/** Edits that change what is computed, or may. */
const real = {
  constant: one(any, ({ constant }, { value }) => ({ constant: next(constant, value, 6) })),
  form: one(any, (step, { gene }, recipe) => {
    const at = recipe.steps.indexOf(step);
    const { kind, form, inputs } = stepOf({ ...gene, kind: gene.kind }, step.id, recipe.steps.slice(0, at));
    if (kind === step.kind) return { form, inputs };
    return { form: step.kind === 'sql' ? step.form : next(step.form, gene.form, 3) };
  }),
  'another step': (recipe, edit) =>
    one(hasTable, (step, { gene }) => {
      const at = recipe.steps.indexOf(step);
      const made = stepOf(gene, step.id, recipe.steps.slice(0, at));
      return hasTable(made) ? made : {};
    })(recipe, edit, []),
  input: one(is('sql', 'transform', 'fanIn', 'sink', 'effect'), (step, { value }, recipe) => {
    const ids = before(recipe, step).filter((id) => step.kind !== 'fanIn' || !step.inputs.includes(id));
    if (step.inputs.length === 0 || ids.length === 0) return {};
    return { inputs: [...step.inputs.slice(0, -1), ids[value % ids.length] as number] };
  }),
  'order of inputs': one(
    ({ inputs }) => inputs.length > 1,
    ({ inputs }) => ({ inputs: inputs.toReversed() }),
  ),
  params: (recipe, { target, value }) => {
    const used = recipe.steps.filter(usesParam);
    const name = used[target % used.length]?.param ?? 'p';
    return { ...recipe, params: { ...recipe.params, [name]: next(recipe.params[name], value, 6) } };
  },
  version: one(is('transform', 'effect'), ({ version }) => ({ version: version + 1 })),
  'value in a file': one(is('source'), ({ rows }, { value }) => {
    const at = value % rows.length;
    return { rows: rows.map(([k, v], row): Row => (row === at ? [k, (v + 1 + (value % 9)) % 10] : [k, v])) };
  }),
  'row in a file': one(is('source'), ({ rows }, { value }) =>
    value % 2 === 0 && rows.length > 1
      ? { rows: rows.slice(1) }
      : { rows: [...rows, [value % 5, value % 10]] },
  ),
  name: one(any, ({ name }, { value }) => ({ name: `${name.replace(/-.*/, '')}-${value}` })),
  'new step': (recipe, { gene }) => {
    const id = Math.max(...recipe.steps.map((step) => step.id)) + 1;
    return recipe.steps.length >= 12
      ? recipe
      : { ...recipe, steps: [...recipe.steps, stepOf(gene, id, recipe.steps)] };
  },
  'step removed': (recipe, { target }) => {
    const read = new Set(recipe.steps.flatMap(({ inputs, after }) => [...inputs, ...after]));
    const unread = recipe.steps.filter(({ id }) => !read.has(id));
    const chosen = unread[target % unread.length];
    return recipe.steps.length === 1
      ? recipe
      : { ...recipe, steps: recipe.steps.filter((step) => step !== chosen) };
  },
  scope: one(hasTable, (_, { value }) => ({
    checkpoint: (['cache', false, 'correlation', 'run'] as const)[value % 4] as StepRecipe['checkpoint'],
  })),
  volatile: one(hasTable, (_, { value }) => ({ volatile: [true, undefined, false][value % 3] })),
  pipeline: (recipe, { value }) => ({ ...recipe, pipeline: value % 2 === 0 ? 'oracle' : 'another' }),
  task: (recipe, { value }) => ({ ...recipe, task: value % 2 === 0 ? 'job' : 'another-job' }),
  'file gone': amiss('missing', is('source')),
  'code fails': amiss('failing', is('transform', 'effect')),
  'output written by others': amiss('tampered', is('sink')),
  // What an earlier state had is in the store.
  back: (recipe, { value }, earlier) => earlier[value % earlier.length] ?? recipe,
} satisfies Record<string, Change>;

const changes: Readonly<Record<string, Change>> = { ...cosmetic, ...real };

/** The name of an edit. */
export type Edit = keyof typeof cosmetic | keyof typeof real;

/** The names of all edits, cosmetic ones first. */
export const cosmeticEdits: readonly Edit[] = Object.keys(cosmetic) as Edit[];
export const realEdits: readonly Edit[] = Object.keys(real) as Edit[];

/** Whether no step may run again after an edit. */
export const isCosmetic = (edit: Edit): boolean => Object.hasOwn(cosmetic, edit);

/** A recipe after some edits, which also mend what was wrong outside before. */
export function edited(recipe: Recipe, genes: readonly EditGene[], earlier: readonly Recipe[]): Recipe {
  const mended: Recipe = { ...recipe, missing: [], failing: [], tampered: [] };
  return genes.reduce((now, gene) => (changes[gene.edit] as Change)(now, gene, earlier), mended);
}
