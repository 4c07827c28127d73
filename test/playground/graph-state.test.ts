import { compile, type Plan } from '@cairn/core';
import { contributions } from '@cairn/core/plugin';
import { pipelineFromYaml } from '@cairn/core/yaml';
import { standardPlugins } from '@cairn/plugins';
import type { RunViewSnapshot, ViewedRun } from '@cairn/web';
import { describe, expect, test } from 'vitest';
import { arrange } from '../../playground/src/effects/arrange.js';
import type { Definition } from '../../playground/src/state/definition.js';
import type { Forecast } from '../../playground/src/state/forecast.js';
import {
  bestOf,
  boundsOf,
  keyOf,
  shapeOf,
  type GraphBox,
  type GraphPlaces,
} from '../../playground/src/state/graph-shape.js';
import { walk } from '../../playground/src/state/graph-walk.js';
import { followSteps } from '../../playground/src/state/steps.js';
import { createStore } from '../../playground/src/state/store.js';
import { tinySteps } from './tiny-steps.js';

const registry = contributions(standardPlugins());
const read = async (yaml: string): Promise<Plan> => compile(await pipelineFromYaml(yaml, { registry }));

/** Two ways from `a` to `e`, a long line past them, and a step that only waits. */
const yaml = `
name: shape
processes:
  one:
    - { step: a, inputs: [], sql: select 1 as n }
    - { step: b, sql: from a }
    - { step: c, sql: select n + 1 as n from a }
  two:
    - { step: d, sql: from b }
    - { step: e, sql: from a union all from d union all from c }
    - { step: f, inputs: [], sql: select 2 as n, after: [e] }
`;

const overlap = (one: GraphBox, other: GraphBox): boolean =>
  one.x < other.x + other.width &&
  other.x < one.x + one.width &&
  one.y < other.y + other.height &&
  other.y < one.y + one.height;

describe.each(['right', 'down'] as const)('arranged %s', (direction) => {
  const along = direction === 'right' ? 'x' : 'y';

  test('every step stands behind what it is made of, none on another, and lines pass no step', async () => {
    for (const plan of [await read(yaml), await read(tinySteps(60))]) {
      const { shape, steps, processes, bends } = arrange(shapeOf(plan, direction));
      const boxes = [...steps.values()];
      expect(steps.size).toBe(plan.steps.length);
      boxes.forEach((box, at) => {
        expect(boxes.slice(at + 1).filter((other) => overlap(box, other))).toEqual([]);
      });
      const grounds = [...processes.values()];
      grounds.forEach((ground, at) => {
        expect(grounds.slice(at + 1).filter((other) => overlap(ground, other))).toEqual([]);
      });
      shape.links.forEach(({ from, to }, at) => {
        expect(steps.get(from)?.[along]).toBeLessThan(steps.get(to)?.[along] ?? 0);
        const hit = (bends[at] ?? []).filter(({ x, y }) =>
          boxes.some((box) => x > box.x && x < box.x + box.width && y > box.y && y < box.y + box.height),
        );
        expect(hit).toEqual([]);
      });
    }
  });
});

test('the shape tells steps, processes and lines apart, and nothing else', async () => {
  const plan = await read(yaml);
  const shape = shapeOf(plan, 'right');
  expect(shape.links.filter(({ to }) => to === 'e').map(({ from }) => from)).toEqual(['a', 'd', 'c']);
  expect(shape.links.filter(({ kind }) => kind === 'order')).toEqual([{ from: 'e', to: 'f', kind: 'order' }]);
  const said = await read(yaml.replace('select 1 as n', 'select 100 as n'));
  expect(keyOf(shapeOf(said, 'right'))).toBe(keyOf(shape));
  const other = await read(yaml.replace('from b }', 'from c }'));
  expect(keyOf(shapeOf(other, 'right'))).not.toBe(keyOf(shape));
});

test('a drawing is taken that is read much better in its room, and otherwise the one to the right', async () => {
  const chain = await read(`
name: chain
processes:
  all:
    - { step: a, inputs: [], sql: select 1 as n }
    - { step: b, sql: from a }
    - { step: c, sql: from b }
`);
  const drawings = (['right', 'down'] as const).map((direction) => arrange(shapeOf(chain, direction)));
  const directionIn = (width: number, height: number): string | undefined =>
    bestOf(drawings, { width, height })?.shape.direction;
  expect(directionIn(400, 900)).toBe('down');
  expect(directionIn(900, 400)).toBe('right');
  expect(directionIn(2000, 2000)).toBe('right');
});

describe('keys', () => {
  const at = (x: number, y: number): GraphBox => ({ x, y, width: 10, height: 10 });
  const places = async (): Promise<GraphPlaces> => ({
    shape: shapeOf(await read(yaml), 'right'),
    steps: new Map([
      ['a', at(0, 50)],
      ['b', at(100, 0)],
      ['c', at(100, 60)],
      ['d', at(200, 0)],
      ['e', at(300, 50)],
      ['f', at(400, 50)],
    ]),
    processes: new Map(),
    bends: [],
  });

  test('walk along lines, both ways, and beside', async () => {
    const found = await places();
    const way = (from: string, ...keys: readonly string[]): string =>
      keys.reduce((step, key) => walk(found, step, key) ?? step, from);
    expect(way('a', 'ArrowRight')).toBe('c');
    expect(way('a', 'ArrowRight', 'ArrowUp')).toBe('b');
    expect(way('b', 'ArrowDown')).toBe('c');
    expect(way('b', 'ArrowRight', 'ArrowRight', 'ArrowRight')).toBe('f');
    expect(way('f', 'ArrowLeft', 'ArrowLeft', 'ArrowLeft', 'ArrowLeft')).toBe('a');
    expect(way('f', 'ArrowRight')).toBe('f');
    expect(way('d', 'Home')).toBe('a');
    expect(way('d', 'End')).toBe('f');
    expect(walk(found, 'a', 'x')).toBeUndefined();
  });

  test('go the other way round when the flow leads down', async () => {
    const { steps, ...rest } = await places();
    const turned = new Map([...steps].map(([name, { x, y }]) => [name, at(y, x)]));
    const down = { ...rest, steps: turned, shape: { ...rest.shape, direction: 'down' as const } };
    expect(walk(down, 'b', 'ArrowDown')).toBe('d');
    expect(walk(down, 'b', 'ArrowRight')).toBe('c');
    expect(walk(down, 'e', 'ArrowUp')).toBe('d');
  });
});

test('what is known of a step is the same object until something of it has changed', async () => {
  const pipeline = await pipelineFromYaml(yaml, { registry });
  const plan = await compile(pipeline);
  const defined = { status: 'defined', yaml, params: {}, pipeline, plan } as const;
  const definition = createStore<Definition>(defined);
  const forecast = createStore<Forecast>({ status: 'none' });
  const view = createStore<RunViewSnapshot>({ status: 'idle', running: 'nowhere' });
  const steps = followSteps({ definition, forecast, view });
  let calls = 0;
  steps.subscribe(() => (calls += 1));
  const first = steps.getSnapshot();
  expect(steps.getSnapshot()).toBe(first);

  // A text that says the same, read again.
  definition.set({ ...defined, plan: await compile(pipeline) });
  expect(calls).toBe(1);
  expect(steps.getSnapshot()).toBe(first);

  const running = { name: 'b', kind: 'sql', status: 'running', attempts: 1 } as const;
  view.set({ status: 'running', running: 'here', run: runOf({ ...running, rows: 5 }) });
  const second = steps.getSnapshot();
  expect(second?.byName.get('b')).toMatchObject({ status: 'running', rows: 5 });
  expect(second?.byName.get('a')).toBe(first?.byName.get('a'));
  expect(second?.list.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);

  // The time goes by, and nothing else.
  view.set({ status: 'running', running: 'here', run: runOf({ ...running, rows: 5 }) });
  expect(steps.getSnapshot()).toBe(second);
});

function runOf(step: ViewedRun['steps'] extends ReadonlyMap<string, infer Step> ? Step : never): ViewedRun {
  return { status: 'running', steps: new Map([[step.name, step]]) } as unknown as ViewedRun;
}

test('bounds hold all boxes', () => {
  expect(
    boundsOf([
      { x: -5, y: 0, width: 10, height: 10 },
      { x: 20, y: 5, width: 10, height: 30 },
    ]),
  ).toEqual({ x: -5, y: 0, width: 35, height: 35 });
});
