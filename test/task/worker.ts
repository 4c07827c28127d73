import { createRunner, definePipeline, effect, isCairnError, type Pipeline } from '@cairn/core';
import { fsStore } from '@cairn/node';
import { noEngine } from './no-engine.js';

/** Three effects in a row, of which the second takes its time; each says what it does. */
export function slowPipeline(say: (what: string) => void, ms: number): Pipeline {
  const first = effect('first', {}, () => say('first'), { reuse: true });
  const slow = effect(
    'slow',
    {},
    async () => {
      say('slow');
      await new Promise((resolve) => setTimeout(resolve, ms));
      return process.pid;
    },
    { after: [first], reuse: true, rollback: () => say('rollback') },
  );
  const last = effect('last', {}, () => say('last'), { after: [slow], reuse: true });
  return definePipeline({ name: 'slow', processes: { main: [first, slow, last] } });
}

// A process that runs it: folder, how long it takes, how long to wait for the task. Says how that ended.
const [, script = '', root = '', ms, wait] = process.argv;
if (script.endsWith('/worker.js')) {
  const say = (what: string): void => console.log(what);
  const runner = createRunner({ store: fsStore({ root }), engine: noEngine });
  try {
    const bindLockTimeoutMs = Number(wait);
    const task = await runner.bind(slowPipeline(say, Number(ms)), undefined, {
      correlationId: 'job',
      bindLockTimeoutMs,
    });
    await task.execute();
    await task.unbind();
    say('succeeded');
  } catch (error) {
    const first = isCairnError(error, 'run_failed') ? error.cause : error;
    say(isCairnError(first) ? first.code : String(error));
  }
  await runner.close();
}
