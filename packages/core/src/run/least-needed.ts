import type { Plan } from '../pipeline/plan.ts';
import type { BudgetedTables } from './memory-budget.ts';

/** Tables in the order in which they are dropped: those first whose next reader comes last in the plan. */
export function leastNeeded(
  { steps }: Plan,
  names: Iterable<string>,
  { readers }: Pick<BudgetedTables, 'readers'>,
): readonly string[] {
  const places = new Map(steps.map((step, index) => [step.name, { step, index }]));
  const nextUse = (name: string): number => {
    let next = Infinity;
    for (const reader of readers(name)) {
      const { step, index } = places.get(reader) ?? { index: Infinity };
      // Code and sinks read whole tables from their checkpoints; what they select, and checks, need the engine.
      const isQuery = step?.kind === 'sql' || step?.kind === 'fanIn' || step?.inputs.includes(name) === false;
      next = Math.min(next, isQuery ? index : index + steps.length);
    }
    return next;
  };
  return Array.from(names, (name) => ({ name, next: nextUse(name) }))
    .toSorted((one, other) => (one.next === other.next ? 0 : other.next - one.next))
    .map(({ name }) => name);
}
