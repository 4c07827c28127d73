import type { RunViewSnapshot } from '@cairn/web';
import { lastDefined, type Definition } from './definition.ts';
import { lastPlan, type Forecast } from './forecast.ts';
import { stepFacts, type StepFacts } from './step-facts.ts';
import { derived, type Readable } from './store.ts';

/** What is known of the steps of a project. */
export interface Steps {
  /** In the order of listing. */
  readonly list: readonly StepFacts[];
  readonly byName: ReadonlyMap<string, StepFacts>;
}

/** Puts together what is known of each step, as it changes. What has not changed of a step is the same object as before. */
export function followSteps({
  definition,
  forecast,
  view,
}: {
  readonly definition: Readable<Definition>;
  readonly forecast: Readable<Forecast>;
  readonly view: Readable<RunViewSnapshot>;
}): Readable<Steps | undefined> {
  return derived<Steps | undefined>([definition, forecast, view], (before) => {
    const defined = lastDefined(definition.getSnapshot());
    if (defined === undefined) return undefined;
    const { run } = view.getSnapshot();
    const ahead = forecast.getSnapshot();
    const isPast = ahead.status === 'past';
    const list = stepFacts(defined, lastPlan(ahead), run, { isPast }).map((facts) => {
      const known = before?.byName.get(facts.name);
      return known !== undefined && isSame(known, facts) ? known : facts;
    });
    if (before?.list.length === list.length && list.every((facts, at) => facts === before.list[at]))
      return before;
    return { list, byName: new Map(list.map((facts) => [facts.name, facts])) };
  });
}

/** Whether two values, with what is in them, say the same. What snapshots share is not looked into. */
function isSame(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  const [mine, theirs] = [Object.entries(one), Object.entries(other)];
  return (
    mine.length === theirs.length &&
    mine.every(([key, value]) => isSame(value, (other as Readonly<Record<string, unknown>>)[key]))
  );
}
