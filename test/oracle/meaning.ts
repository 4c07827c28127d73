import { versionOf } from './build.ts';
import { hasTable, type Recipe, type StepRecipe } from './recipe.ts';
import { isRandom, usesParam } from './statement.ts';

/**
 * What a step's output depends on, told from its recipe and the content of its inputs, without asking Cairn. Two steps of
 * one meaning have the same output, so that only the first of them need run.
 */
export function meaningOf(recipe: Recipe, step: StepRecipe, inputs: readonly string[]): string {
  const { kind, form, constant, name } = step;
  const names = step.inputs.map((id) => recipe.steps.find((one) => one.id === id)?.name);
  const param = usesParam(step) ? [step.param, recipe.params[step.param]] : [];
  const own: Record<StepRecipe['kind'], unknown> = {
    source: [form, step.rows],
    sql: [form, constant],
    // A function has no meaning but its place and its version.
    transform: [recipe.pipeline, name, versionOf(step)],
    effect: [recipe.pipeline, name, versionOf(step)],
    fanIn: [],
    sink: [form === 1, step.id, constant],
  };
  return JSON.stringify([kind, own[kind], param, names, inputs]);
}

/** What the store holds of a step for its task. */
interface Held {
  readonly meaning: string;
  readonly checkpoint: StepRecipe['checkpoint'];
  /** The task has succeeded since: an effect is done again. */
  settled: boolean;
  /** Of a sink: the bytes that it wrote. */
  readonly output: string | undefined;
}

/** What can be reused, by what the documentation promises. */
export interface Memory {
  /** Whether a step need not run, and so must not. */
  holds(recipe: Recipe, step: StepRecipe, meaning: string, output: string | undefined): boolean;
  /** Notes that a step was done or found done. */
  note(
    recipe: Recipe,
    step: StepRecipe,
    facts: {
      readonly meaning: string;
      readonly volatile: boolean;
      readonly ran: boolean;
      readonly output: string | undefined;
    },
  ): void;
  /** Notes how a run has ended. */
  end(recipe: Recipe, isSuccess: boolean): void;
}

/** A memory of nothing. */
export function emptyMemory(): Memory {
  const cache = new Set<string>();
  const tasks = new Map<string, Map<string, Held>>();
  const heldOf = ({ pipeline, task }: Recipe): Map<string, Held> => {
    const key = `${pipeline}/${task}`;
    const held = tasks.get(key) ?? new Map<string, Held>();
    tasks.set(key, held);
    return held;
  };
  return {
    holds(recipe, step, meaning, output) {
      if (step.checkpoint === 'cache' && hasTable(step) && cache.has(meaning)) return true;
      const last = heldOf(recipe).get(step.name);
      if (last?.meaning !== meaning) return false;
      if (step.kind === 'effect') return step.reuse || !last.settled;
      return step.kind !== 'sink' || last.output === output;
    },
    note(recipe, step, { meaning, volatile, ran, output }) {
      const held = heldOf(recipe);
      const last = held.get(step.name);
      if (ran && hasTable(step) && step.checkpoint === 'cache' && !volatile) cache.add(meaning);
      if (!ran && last?.meaning === meaning) return;
      // What keeps nothing in the task's log leaves there what was kept before.
      if (ran && (step.checkpoint === false || step.checkpoint === 'run')) return;
      held.set(step.name, { meaning, checkpoint: step.checkpoint, settled: false, output });
    },
    end(recipe, isSuccess) {
      if (!isSuccess) return;
      const held = heldOf(recipe);
      const cleans = recipe.steps.some(({ checkpoint }) => checkpoint === 'correlation');
      for (const [name, one] of held) {
        one.settled = true;
        if (cleans && one.checkpoint === 'correlation') held.delete(name);
      }
    },
  };
}

/** Whether a step's own result is marked as made by chance. */
export const isVolatile = (step: StepRecipe): boolean => step.volatile ?? isRandom(step);
