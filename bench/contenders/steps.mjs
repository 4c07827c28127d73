// N steps that do nothing, and what each of them must cost at least: 300 bytes, flushed.
import { createRunner } from '@cairn/core';
import { steps } from '../durable-steps/pipeline.mjs';

const record = new Uint8Array(300).fill(97);

export async function appends(host, count) {
  return {
    async pass(place) {
      const append = await host.appender(place);
      const begun = performance.now();
      for (let index = 0; index < count; index += 1) await append(record);
      const ms = performance.now() - begun;
      await append.close();
      return { ms };
    },
  };
}

export async function effects(host, count) {
  const pipeline = steps(count, 1);
  return {
    async pass(place) {
      const begun = performance.now();
      const runner = createRunner({ store: host.store(place), engine: host.engine(), concurrency: 1 });
      await runner.run(pipeline);
      const ms = performance.now() - begun;
      await runner.close();
      return { ms };
    },
    async crash(place) {
      const dying = steps(count, 1, { last: () => new Promise(() => void host.die()) });
      const runner = createRunner({ store: host.store(place), engine: host.engine(), concurrency: 1 });
      await runner.run(dying);
    },
    resume(place) {
      return this.pass(place);
    },
  };
}
