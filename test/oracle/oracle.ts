import { mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createRunner,
  isCairnError,
  memoryStore,
  type Engine,
  type ObjectStore,
  type Pipeline,
  type Runner,
  type RunPlan,
  type RunResult,
  type StepOutcome,
} from '@cairn/core';
import { nodeFiles } from '@cairn/node';
import { expect } from 'vitest';
import { deed, inputPath, outputPath, pipelineOf, rowsOf, writeInput, type World } from './build.ts';
import { edited, isCosmetic, type EditGene } from './edits.ts';
import { emptyMemory, isVolatile, meaningOf, type Memory } from './meaning.ts';
import { hasTable, recipeOf, type Gene, type Recipe, type Row, type StepRecipe } from './recipe.ts';

/** A pipeline and what happens to it: a run, and then some edits and another run, and so on. */
export interface Case {
  readonly genes: readonly Gene[];
  readonly stages: readonly (readonly EditGene[])[];
}

/** What all cases came to. */
export interface Totals {
  cases: number;
  runs: number;
  /** Runs after nothing but cosmetic edits of a task that had succeeded. */
  cosmeticRuns: number;
  steps: number;
  ran: number;
  reused: number;
  /** Steps that ran although they and their inputs' contents were as in a state that the store had. */
  needless: number;
}

/** Totals of nothing. */
export const noTotals = (): Totals => ({
  cases: 0,
  runs: 0,
  cosmeticRuns: 0,
  steps: 0,
  ran: 0,
  reused: 0,
  needless: 0,
});

/** What cases need. */
export interface Bench {
  /** Which runners do not close. */
  readonly engine: Engine;
  /** For files. */
  readonly folder: string;
  /** The store of a case, whose number is given. */
  readonly createStore: (number: number) => ObjectStore;
  readonly totals: Totals;
  /** Whether everything is computed afresh after cosmetic edits too; if not, what was computed before them counts. */
  readonly isThorough: boolean;
}

/** Carries out a case; rejects at the first run that was not as full recomputation has it. */
export async function carryOut({ genes, stages }: Case, bench: Bench): Promise<void> {
  const { totals, engine } = bench;
  totals.cases += 1;
  const folder = join(bench.folder, String(totals.cases));
  const worlds = ['reusing', 'afresh'].map((name): World => {
    const outputs = join(folder, name);
    mkdirSync(outputs, { recursive: true });
    return { inputs: folder, outputs, deeds: new Map(), hasFaults: name === 'reusing' };
  }) as [World, World];
  const memory = emptyMemory();
  const runner = createRunner({ engine, store: bench.createStore(totals.cases), files: nodeFiles() });
  try {
    const earlier: Recipe[] = [];
    let last: RunResult | undefined;
    let truth: Truth | undefined;
    for (const edits of [[], ...stages]) {
      const recipe =
        earlier.length === 0 ? recipeOf(genes) : edited(earlier.at(-1) as Recipe, edits, earlier);
      arrange(recipe, worlds[0]);
      // What an empty store is asked for is computed in full.
      const isFirst = earlier.length === 0;
      const isCosmeticStage = last?.status === 'success' && edits.every(({ edit }) => isCosmetic(edit));
      const known = isCosmeticStage && !bench.isThorough ? truth : undefined;
      const stage = { recipe, worlds, runner, memory, bench, isCosmeticStage, known, isFirst };
      ({ result: last, truth } = await compare(stage));
      earlier.push(recipe);
    }
  } finally {
    await runner.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Makes files as the recipe has them. Their times lie in the past, so that what is remembered of them counts. */
function arrange(recipe: Recipe, world: World): void {
  for (const step of recipe.steps) {
    if (step.kind === 'source') {
      const path = inputPath(world, step);
      writeInput(world, step);
      clock += 1;
      utimesSync(path, clock, clock);
      if (recipe.missing.includes(step.id)) rmSync(path);
    } else if (step.kind === 'sink' && recipe.tampered.includes(step.id)) {
      writeFileSync(outputPath(world, step), 'k,v\n0,0\n');
    }
  }
}
let clock = Date.now() / 1000 - 1_000_000;

/** The bytes of a sink's file. */
function outputOf(world: World, step: StepRecipe): string | undefined {
  if (step.kind !== 'sink') return undefined;
  try {
    return readFileSync(outputPath(world, step), 'utf8');
  } catch {
    return undefined;
  }
}

/** One run in the store that remembers, beside one in an empty store. */
async function compare(options: {
  readonly recipe: Recipe;
  readonly worlds: readonly [World, World];
  readonly runner: Runner;
  readonly memory: Memory;
  readonly bench: Bench;
  readonly isCosmeticStage: boolean;
  /** What full recomputation is known to make. */
  readonly known: Truth | undefined;
  /** Whether the store is empty, so that this run itself is full recomputation. */
  readonly isFirst: boolean;
}): Promise<{ result: RunResult; truth: Truth }> {
  const { recipe, worlds, runner, memory, bench, isCosmeticStage, known, isFirst } = options;
  const [world, other] = worlds;
  const { totals } = bench;
  const pipeline = pipelineOf(recipe, world);
  const before = new Map(recipe.steps.map((step) => [step.name, outputOf(world, step)]));

  const planned = runner.plan(pipeline, recipe.params, { correlationId: recipe.task });
  const running = planned.then(() => resultOf(runner, pipeline, recipe));
  const [plan, result, truth] = await Promise.all([
    planned,
    running,
    known ??
      (isFirst
        ? running.then((run) => truthOf(recipe, run, world))
        : computeAfresh(recipe, other, bench.engine)),
  ]);
  checkPlan(plan, result);
  for (const step of recipe.steps) checkContent(recipe, step, result, truth, world);
  await checkRows(result, truth);

  const needless = judge(recipe, result, before, world, memory);
  memory.end(recipe, result.status === 'success');
  const outcomes = [...result.steps.values()];
  totals.runs += 1;
  totals.steps += outcomes.length;
  totals.ran += outcomes.filter(({ outcome }) => outcome === 'complete').length;
  totals.reused += outcomes.filter(({ outcome }) => outcome === 'reused').length;
  totals.needless += needless.length;
  if (isCosmeticStage) {
    totals.cosmeticRuns += 1;
    const again = recipe.steps.filter((step) => isRunAgain(recipe, step, result)).map(({ name }) => name);
    expect(again, 'steps that ran again after a cosmetic edit').toEqual([]);
  }
  expect(needless, 'steps that ran needlessly').toEqual([]);
  return { result, truth };
}

/** What full recomputation makes. */
interface Truth {
  readonly result: RunResult;
  /** Of the sinks, by name. */
  readonly outputs: ReadonlyMap<string, string | undefined>;
  /** Of the effects, by name. */
  readonly deeds: ReadonlyMap<string, number | undefined>;
  /** The last table that is kept. */
  readonly last: { readonly name: string; readonly rows: readonly Row[] } | undefined;
}

async function computeAfresh(recipe: Recipe, world: World, engine: Engine): Promise<Truth> {
  await using runner = createRunner({ engine, store: memoryStore(), files: nodeFiles(), records: false });
  return await truthOf(recipe, await resultOf(runner, pipelineOf(recipe, world), recipe), world);
}

async function truthOf(recipe: Recipe, result: RunResult, world: World): Promise<Truth> {
  const { steps } = recipe;
  const last = steps.findLast(
    (step) => hasTable(step) && step.checkpoint === 'cache' && isDone(outcomeOf(result, step.name)),
  );
  return {
    result,
    outputs: new Map(steps.map((step) => [step.name, outputOf(world, step)])),
    deeds: new Map(steps.map((step) => [step.name, world.deeds.get(deed(recipe, step))])),
    last: last && { name: last.name, rows: rowsOf(await result.table(last.name)) },
  };
}

async function resultOf(runner: Runner, pipeline: Pipeline, recipe: Recipe): Promise<RunResult> {
  try {
    return await runner.run(pipeline, recipe.params, { correlationId: recipe.task });
  } catch (error) {
    if (isCairnError(error, 'run_failed') && recipe.missing.length + recipe.failing.length > 0)
      return error.details['result'] as RunResult;
    throw error;
  }
}

const outcomeOf = (result: RunResult, name: string): StepOutcome => result.steps.get(name) as StepOutcome;
const isDone = ({ outcome }: StepOutcome): boolean => outcome === 'complete' || outcome === 'reused';

/** What the plan said beforehand is what the run has done. */
function checkPlan(plan: RunPlan, result: RunResult): void {
  for (const { step, decision, fingerprint, contentHash } of plan.steps.values()) {
    const was = outcomeOf(result, step);
    const isBlocked = was.outcome === 'skipped' && was.reason.code === 'blocked';
    // Of two steps that are the same but for their names, one may find what the other has just made.
    const hasTwin = [...result.steps.values()].some(
      (one) => one.outcome === 'complete' && one.fingerprint === was.fingerprint,
    );
    const fits = {
      run:
        was.outcome === 'complete' ||
        was.outcome === 'failed' ||
        isBlocked ||
        (was.outcome === 'reused' && hasTwin),
      reuse: was.outcome === 'reused' || isBlocked,
      unknown: true,
      blocked: was.outcome === 'failed' || isBlocked,
      skip: was.outcome === 'skipped',
    };
    const told = `'${step}': the plan says ${decision}, and it is ${was.outcome} (${was.reason.code})`;
    expect(fits[decision], told).toBe(true);
    if (fingerprint !== undefined && isDone(was)) expect(was.fingerprint, told).toBe(fingerprint);
    if (contentHash !== undefined && isDone(was)) expect(was.contentHash, told).toBe(contentHash);
  }
}

/** What a step has come to is what it comes to in an empty store. */
function checkContent(recipe: Recipe, step: StepRecipe, result: RunResult, truth: Truth, world: World): void {
  const { name, kind } = step;
  const was = outcomeOf(result, name);
  const should = outcomeOf(truth.result, name);
  const isFaulty = recipe.missing.length + recipe.failing.length > 0;
  if (!isFaulty) expect(['complete', 'reused', 'skipped'], name).toContain(was.outcome);
  if (!isDone(was) || !isDone(should)) return;
  // What keeps nothing now may have been kept before, and is found.
  if (should.contentHash !== undefined)
    expect(was.contentHash, `the content of '${name}', which is ${was.outcome}`).toBe(should.contentHash);
  if (kind === 'sink') expect(outputOf(world, step), `the file of '${name}'`).toBe(truth.outputs.get(name));
  if (kind === 'effect')
    expect(world.deeds.get(deed(recipe, step)), `what '${name}' did`).toBe(truth.deeds.get(name));
}

/** The last table that is kept reads as it does in an empty store. */
async function checkRows(result: RunResult, { last }: Truth): Promise<void> {
  if (last === undefined || !isDone(outcomeOf(result, last.name))) return;
  expect(rowsOf(await result.table(last.name)), `the rows of '${last.name}'`).toEqual(last.rows);
}

/** The steps that ran although they need not have, in words; notes what the store has now. */
function judge(
  recipe: Recipe,
  result: RunResult,
  outputs: ReadonlyMap<string, string | undefined>,
  world: World,
  memory: Memory,
): string[] {
  const needless: string[] = [];
  const keys = new Map<number, string>();
  const chance = new Map<number, boolean>();
  // Steps of one meaning may run beside each other: what counts is what stood in the store before.
  const notes: (() => void)[] = [];
  for (const step of recipe.steps) {
    const was = outcomeOf(result, step.name);
    const inputs = step.inputs.map((id) => keys.get(id));
    if (!inputs.every((key) => key !== undefined)) continue;
    const meaning = meaningOf(recipe, step, inputs);
    const volatile = isVolatile(step) || step.inputs.some((id) => chance.get(id));
    const ran = was.outcome === 'complete';
    const why = `${step.name}: ${was.reason.code}`;
    if (ran && memory.holds(recipe, step, meaning, outputs.get(step.name))) needless.push(why);
    if (hasTable(step)) {
      const isNeeded = recipe.steps.some(
        ({ name, inputs }) =>
          inputs.includes(step.id) &&
          outcomeOf(result, name).outcome !== 'skipped' &&
          outcomeOf(result, name).outcome !== 'reused',
      );
      if (ran && step.checkpoint === false && !isNeeded) needless.push(`${why}, by nobody`);
      // A step that keeps nothing is known by its meaning.
      const key = was.contentHash ?? (step.checkpoint === false ? meaning : undefined);
      if (key !== undefined) keys.set(step.id, key);
      if (step.checkpoint === false) chance.set(step.id, volatile);
    }
    const facts = { meaning, volatile, ran, output: outputOf(world, step) };
    if (isDone(was)) notes.push(() => memory.note(recipe, step, facts));
  }
  for (const note of notes) note();
  return needless;
}

/** Whether a step ran, other than for what its scope or its kind promise: to keep nothing, or to be done again. */
function isRunAgain(recipe: Recipe, step: StepRecipe, result: RunResult): boolean {
  if (outcomeOf(result, step.name).outcome !== 'complete') return false;
  if (step.checkpoint === 'run' || step.checkpoint === 'correlation') return false;
  if (step.kind === 'effect') return step.reuse;
  const readers = recipe.steps.filter(({ inputs }) => inputs.includes(step.id));
  const isNeeded = readers.some(({ name }) => outcomeOf(result, name).outcome === 'complete');
  return step.checkpoint !== false || !isNeeded;
}
