// What is done to a store while processes are killed and calls fail. Each step tells what it does to the state, so that
// after it was broken off, the state is the one before it or the one after.
const text = (value) => new TextEncoder().encode(value);

/** Whoever takes a lease of these uses it as `leases.held`. */
const acquire = (prefix, options) => async (store, leases) => {
  leases.held = await store.acquire(prefix, options);
};
const release = (_, leases) => leases.held.release();
const put = (key, value, options) => (store, leases) =>
  store.put(key, text(value), { lease: leases.held, ...options });
const append = (key, record, options) => (store, leases) =>
  store.append(key, text(record), { lease: leases.held, ...options });
const remove = (key) => (store, leases) => store.delete(key, { lease: leases.held });

const touch = (key) => (store) => store.touch(key);
/** Removes a value as it is listed, or only if it is much older. */
const collect = (key, isOlder) => async (store) => {
  const objects = [];
  for await (const object of store.list(key)) objects.push(object);
  const listed = objects.find((object) => object.key === key);
  await store.delete(key, { modifiedAt: isOlder ? new Date(0) : (listed?.modifiedAt ?? new Date(0)) });
};

const sync = { sync: true };
/** The writes of a task, and the state (values, and logs as lists) after each. */
const writes = (prefix) => ({
  put: [put(`${prefix}value`, 'new', sync), { value: 'new' }],
  'put if absent': [put(`${prefix}deep/er`, 'there', { ...sync, ifAbsent: true }), { 'deep/er': 'there' }],
  append: [append(`${prefix}journal`, 'b', sync), { journal: ['a', 'b'] }],
  'append again': [append(`${prefix}journal`, 'c'), { journal: ['a', 'b', 'c'] }],
  'first append': [append(`${prefix}log`, 'x', sync), { log: ['x'] }],
  replace: [append(`${prefix}journal`, 'd', { ...sync, replace: true }), { journal: ['d'] }],
  delete: [remove(`${prefix}deep/er`), { 'deep/er': undefined }],
});

const scenario = (prefix, prepared, steps) => ({
  prefix,
  /** How a store is prepared: its last holder gave the lease back, has died, or never was. */
  prepared,
  steps: Object.fromEntries(Object.entries(steps).map(([name, step]) => [name, step[0]])),
  changes: Object.fromEntries(Object.entries(steps).map(([name, step]) => [name, step[1]])),
});

/** The state that every scenario begins with, below its prefix. */
export const initial = { value: 'old', journal: ['a'], other: 'kept' };

export const scenarios = {
  'under a lease that was given back': scenario('runs/r/', 'free', {
    acquire: [acquire('runs/r/'), {}],
    ...writes('runs/r/'),
    release: [release, {}],
  }),
  'under a lease that is taken over from a dead holder': scenario('runs/r/', 'held', {
    acquire: [acquire('runs/r/'), {}],
    append: [append('runs/r/journal', 'b', sync), { journal: ['a', 'b'] }],
    put: [put('runs/r/value', 'new'), { value: 'new' }],
    release: [release, {}],
  }),
  'under a lease that is taken by force': scenario('runs/r/', 'free', {
    acquire: [acquire('runs/r/'), {}],
    force: [acquire('runs/r/', { force: true }), {}],
    append: [append('runs/r/journal', 'b', sync), { journal: ['a', 'b'] }],
    release: [release, {}],
  }),
  'under the first lease, of what was written without one': scenario('runs/r/', 'plain', {
    acquire: [acquire('runs/r/'), {}],
    append: [append('runs/r/journal', 'b', sync), { journal: ['a', 'b'] }],
    put: [put('runs/r/value', 'new'), { value: 'new' }],
    release: [release, {}],
  }),
  'beside a collector': scenario('runs/r/', 'plain', {
    'put if absent of what is there': [put('runs/r/other', 'kept', { ...sync, ifAbsent: true }), {}],
    touch: [touch('runs/r/other'), {}],
    'delete by another time': [collect('runs/r/other', true), {}],
    'delete by its time': [collect('runs/r/other', false), { other: undefined }],
    'put if absent of what was there': [
      put('runs/r/other', 'kept', { ...sync, ifAbsent: true }),
      { other: 'kept' },
    ],
    'delete by its time, again': [collect('runs/r/other', false), { other: undefined }],
    'touch of nothing': [touch('runs/r/other'), {}],
    put: [put('runs/r/other', 'new'), { other: 'new' }],
    delete: [remove('runs/r/other'), { other: undefined }],
  }),
  'without a lease': scenario('runs/r/', 'plain', writes('runs/r/')),
};

/** Everything below a prefix, as one sees it who has no lease. */
export async function stateOf(store, prefix) {
  const state = {};
  for await (const { key } of store.list(prefix)) {
    const name = key.slice(prefix.length);
    if (name === 'journal' || name === 'log') {
      state[name] = [];
      for await (const record of store.log(key)) state[name].push(new TextDecoder().decode(record));
    } else {
      state[name] = new TextDecoder().decode(await store.get(key));
    }
  }
  return state;
}

/** The states before each step of a scenario, and at its end. */
export function statesOf({ changes }) {
  const states = [initial];
  for (const change of Object.values(changes)) {
    const next = Object.entries({ ...states.at(-1), ...change });
    states.push(Object.fromEntries(next.filter(([, value]) => value !== undefined)));
  }
  return states;
}
