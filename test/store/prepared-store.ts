import { createFsStore } from '../../packages/node-adapter/dist/fs-object-store.js';
import { leaseTimes } from '../../packages/node-adapter/dist/lease-times.js';
import { initial, type Scenario } from './scenarios.mjs';

/** Makes a store as a scenario begins with it, in an empty folder; a holder that has died is one of an earlier start. */
export async function prepareStore(root: string, { prefix, prepared }: Scenario): Promise<void> {
  const dead = prepared === 'held' ? { identity: { bootId: 'a still earlier start' } } : {};
  const store = createFsStore({ root }, { times: leaseTimes, ...dead });
  const lease = prepared === 'plain' ? undefined : await store.acquire(prefix);
  const under = lease === undefined ? {} : { lease };
  for (const [name, value] of Object.entries(initial)) {
    if (typeof value === 'string') await store.put(prefix + name, Buffer.from(value), under);
    else for (const record of value) await store.append(prefix + name, Buffer.from(record), under);
  }
  if (prepared !== 'held') await store.close();
}
