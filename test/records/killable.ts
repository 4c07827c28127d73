import { definePipeline, effect, type Pipeline } from '@cairn/core';

/** Two processes: the first is soon done; of the second one step fails, and one does what is given. */
export function killable(work: () => unknown, name = 'killable'): Pipeline {
  const done = effect('done', {}, () => 1, { reuse: true });
  const failing = effect(
    'failing',
    {},
    () => {
      throw new Error('the first time');
    },
    { after: [done] },
  );
  const atWork = effect('at_work', {}, async () => void (await work()), { after: [done] });
  const never = effect('never', {}, () => 1, { after: [atWork] });
  return definePipeline({ name, processes: { first: [done], second: [failing, atWork], third: [never] } });
}
