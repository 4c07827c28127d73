import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Table } from 'apache-arrow';
import {
  definePipeline,
  effect,
  fanIn,
  param,
  sink,
  source,
  sql,
  step,
  type Pipeline,
  type PlainStepOptions,
  type Step,
  type TableStep,
} from '@cairn/core';
import { fromCsv, toCsv } from '@cairn/plugins/csv';
import { z } from 'zod';
import type { Recipe, StepRecipe } from './recipe.ts';
import { statementOf, usesParam } from './statement.ts';

/** What a pipeline acts on outside. */
export interface World {
  /** Where sources' files are. */
  readonly inputs: string;
  /** Where sinks write. */
  readonly outputs: string;
  /** What effects have done, by {@link deed}. */
  readonly deeds: Map<string, number>;
  /** False for a world in which no code fails. */
  readonly hasFaults: boolean;
}

/** The file of a source. */
export const inputPath = ({ inputs }: Pick<World, 'inputs'>, { id, place }: StepRecipe): string =>
  join(inputs, `${id}-${place}.csv`);

/** The file of a sink. */
export const outputPath = ({ outputs }: Pick<World, 'outputs'>, { id, constant }: StepRecipe): string =>
  join(outputs, `${id}-${constant}.csv`);

/** What an effect did last is kept by its task and its name, as Cairn remembers it. */
export const deed = ({ pipeline, task }: Recipe, { name }: StepRecipe): string =>
  `${pipeline}/${task}/${name}`;

/** The version that a transform or an effect states: another one whenever its code is another. */
export const versionOf = ({ form, constant, version }: StepRecipe): string =>
  `${form}.${constant}.${version}`;

/** Writes a source's file. */
export function writeInput(world: Pick<World, 'inputs'>, recipe: StepRecipe): void {
  const lines = recipe.rows.map((row) => row.join(','));
  writeFileSync(inputPath(world, recipe), `k,v\n${lines.join('\n')}\n`);
}

const schema = z.object({ p: z.number().int(), q: z.number().int(), unused: z.number().int() });

/** The pipeline of a recipe. */
export function pipelineOf(recipe: Recipe, world: World): Pipeline {
  const handles = new Map<number, Step>();
  for (const one of recipe.steps) handles.set(one.id, handleOf(recipe, one, world, handles));
  const listed = shuffled(recipe.steps, recipe.order);
  const processes: Record<string, Step[]> = {};
  for (const one of listed) (processes[`process${one.process}`] ??= []).push(handles.get(one.id) as Step);
  return definePipeline({ name: recipe.pipeline, params: schema, processes: processes as never });
}

function handleOf(recipe: Recipe, one: StepRecipe, world: World, handles: ReadonlyMap<number, Step>): Step {
  const { name, kind, form, constant } = one;
  const inputs = one.inputs.map((id) => handles.get(id) as TableStep);
  const [first] = inputs as [TableStep];
  const options: PlainStepOptions = {
    checkpoint: one.checkpoint,
    volatile: one.volatile,
    description: one.description,
    tags: one.tags,
    retry: one.retry ? { maxAttempts: 2, initialDelayMs: 0, jitter: 0 } : undefined,
    after: one.after.map((id) => handles.get(id) as Step),
  };
  const fail = (): void => {
    if (world.hasFaults && recipe.failing.includes(one.id)) throw new Error('this code fails for now');
  };
  const factor = param<'p', number>(one.param as 'p');
  switch (kind) {
    case 'source': {
      const more =
        form === 1
          ? { columns: { k: 'INTEGER', v: 'INTEGER' } }
          : form === 2
            ? { nullText: '3', columns: { k: 'BIGINT', v: 'BIGINT' } }
            : {};
      return source(name, fromCsv({ path: inputPath(world, one), ...more }), options);
    }
    case 'sql':
      return step(name, statementOf(one, inputs), options);
    case 'transform': {
      const version = versionOf(one);
      if (form === 1) {
        const run = ({ table }: { table: { readonly name: string } }) => {
          fail();
          return table.name === '' ? [] : sql`select k, (v * ${constant} + 1) % 50 as v from ${first}`;
        };
        return step(name, { table: first }, run, { ...options, version });
      }
      const inputsOf = usesParam(one) ? { table: first, factor } : { table: first };
      const run = async (given: object) => {
        fail();
        const { table, factor: times = constant } = given as {
          readonly table: { arrow(): Promise<Table> };
          readonly factor?: number;
        };
        const rows = rowsOf(await table.arrow()).map(([k, v]) => ({ k, v: (v * times) % 50 }));
        return [...rows, { k: constant, v: 0 }];
      };
      return step(name, inputsOf, run, { ...options, version });
    }
    case 'fanIn':
      return fanIn(name, inputs, options);
    case 'sink':
      return sink(name, first, toCsv({ path: outputPath(world, one), header: form !== 1 }), options);
    case 'effect': {
      const inputsOf = usesParam(one) ? { table: first, factor } : { table: first };
      const run = async (given: object) => {
        fail();
        const { table, factor: times = 1 } = given as {
          readonly table: { arrow(): Promise<Table> };
          readonly factor?: number;
        };
        const sum = rowsOf(await table.arrow()).reduce(
          (total, [k, v]) => (total * 31 + k * 7 + v) % 10_007,
          0,
        );
        world.deeds.set(deed(recipe, one), sum * times + constant);
      };
      return effect(name, inputsOf, run, { ...options, version: versionOf(one), reuse: one.reuse });
    }
  }
}

/** The rows of a table with the columns `k` and `v`. */
export function rowsOf(table: Table): [k: number, v: number][] {
  return table.toArray().map((row: unknown) => {
    const { k, v } = row as { readonly k: bigint; readonly v: bigint };
    return [Number(k), Number(v)];
  });
}

/** The same items in an order that follows from a number; 0 is as given. */
function shuffled<T>(items: readonly T[], seed: number): T[] {
  const keyed = items.map((item, index) => ({
    item,
    key: seed === 0 ? index : (Math.imul(index + 1, seed * 2 + 1) >>> 0) % 97,
  }));
  return keyed.sort((one, other) => one.key - other.key).map(({ item }) => item);
}
