import { memoryStore, type Runner } from '@cairn/core';
import { createNodeEngine, createNodeRunner } from '@cairn/node';
import { runView } from '@cairn/web';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { followFaults, type Fault } from '../../playground/src/state/editor-faults.js';
import { followKnowledge, type EditorKnowledge } from '../../playground/src/state/editor-knowledge.js';
import { forecastMarks } from '../../playground/src/state/editor-marks.js';
import { createSession, type Session } from '../../playground/src/state/session.js';
import type { Readable } from '../../playground/src/state/store.js';
import { nodeWorld, once } from './node-world.js';

const yaml = `name: numbers
params:
  least: { type: integer, default: 2 }
processes:
  make:
    - step: numbers
      inputs: []
      sql: select n, n::text as name from range(5) t(n)
  use:
    - step: large
      sql: |
        select *
        from numbers where n >= $least
    - step: total
      sql: select sum(n)::integer as total from large
`;

const engine = createNodeEngine();
let runner: Runner;
let session: Session;
let knowledge: Readable<EditorKnowledge>;
let faults: Readable<readonly Fault[]>;
afterAll(() => engine.close());
afterEach(() => session.close());

beforeEach(() => {
  const view = runView({ intervalMs: 0 });
  runner = createNodeRunner({ store: memoryStore(), engine, observers: [view.observer] });
  session = createSession({ id: 'numbers', title: 'Numbers', yaml, params: {} }, nodeWorld({ runner, view }));
  knowledge = followKnowledge(session);
  faults = followFaults(session, knowledge);
});

const columnsOf = (step: string): readonly string[] | undefined =>
  knowledge
    .getSnapshot()
    .columns.get(step)
    ?.map(({ name, type }) => `${name} ${type}`);
const atFault = ({ yaml: span }: Fault): string | undefined =>
  span && session.project.getSnapshot().yaml.slice(span.from, span.to);

test('what is wrong with the text is told where it is, in the YAML and in the statement', async () => {
  session.setYaml(yaml.replace('from numbers', 'from numberz').replace('from large', 'from $most'));
  const found = await once(faults, (all) => all.length === 2);
  expect(found.map((fault) => [fault.step, atFault(fault), fault.line, fault.sqlLine])).toEqual([
    ['large', 'numberz', 13, 2],
    ['total', '$most', 15, 1],
  ]);
  expect(found[0]?.message).toContain("did you mean 'numbers'?");
  session.setYaml(yaml);
  await once(faults, (all) => all.length === 0);
  session.setParams({ least: 'three' });
  const [fault] = await once(faults, (all) => all.length === 1);
  expect([fault?.yaml, fault?.message]).toEqual([undefined, expect.stringContaining('least')]);
});

test('what a step failed of stays where it was until the step is changed', async () => {
  session.setYaml(yaml.replace('sum(n)::integer', "error('bad ' || sum(n))"));
  await session.start();
  const [fault] = await once(faults, (all) => all.length === 1);
  expect(fault).toMatchObject({ from: 'run', step: 'total', line: 14, sqlLine: 1 });
  expect(fault?.message).toContain('bad 9');
  session.setYaml(session.project.getSnapshot().yaml.replace('least: {', 'least:  {'));
  await once(session.forecast, ({ status }) => status === 'known');
  expect(faults.getSnapshot()).toHaveLength(1);
  session.setYaml(yaml);
  await once(faults, (all) => all.length === 0);
});

test('columns are those of stored tables, and once the engine runs those that a statement comes to', async () => {
  await session.start();
  await once(knowledge, ({ columns }) => columns.size === 3);
  expect(columnsOf('large')).toEqual(['n BIGINT', 'name VARCHAR']);
  expect(columnsOf('total')).toEqual(['total INTEGER']);
  session.setYaml(yaml.replace('select *\n', 'select *, n / $least as part\n'));
  await once(knowledge, () => columnsOf('large')?.length === 3);
  expect(columnsOf('large')).toEqual(['n BIGINT', 'name VARCHAR', 'part DOUBLE']);
  const { functions } = await once(knowledge, (one) => one.functions.some(({ description }) => description));
  expect(functions.find(({ name }) => name === 'date_trunc')?.arguments).toBe('part, timestamp');
});

test('the engine says what is wrong with a changed statement, and with those that read it', async () => {
  await session.start();
  session.setYaml(yaml.replace('select *\n', 'select n, namee\n'));
  const [own] = await once(faults, (all) => all.length === 1);
  expect(own).toMatchObject({ from: 'engine', step: 'large', line: 12, sqlLine: 1 });
  expect([own && atFault(own), own?.message]).toEqual([
    'namee',
    expect.stringContaining('Candidate bindings: "name"'),
  ]);
  session.setYaml(yaml.replace('select *\n', 'select n as m\n'));
  const [reader] = await once(faults, (all) => all[0]?.step === 'total');
  expect(reader && atFault(reader)).toBe('n');
  session.setYaml(yaml.replace('where n >= $least', 'where n >= $least\n        and name = name'));
  await once(faults, (all) => all.length === 0);
});

test('the marks of steps say what the next run would do, and only what is news in words', async () => {
  const marks = async () => {
    const forecast = await once(session.forecast, ({ status }) => status === 'known');
    const { yaml: text } = session.project.getSnapshot();
    const plan = forecast.status === 'known' ? forecast.plan : undefined;
    return forecastMarks(text, plan).map(({ step, at, decision, isNews, words }) => {
      expect(text.slice(at).startsWith(`step: ${step}`)).toBe(true);
      return [decision, isNews, words];
    });
  };
  expect((await marks()).map(([decision, isNews]) => [decision, isNews])).toEqual([
    ['run', false],
    ['unknown', false],
    ['unknown', false],
  ]);
  await session.start();
  await once(
    session.forecast,
    (one) => one.status === 'known' && one.plan.steps.get('total')?.decision === 'reuse',
  );
  const before = session.forecast.getSnapshot();
  session.setYaml(yaml.replace('>= $least', '> $least'));
  await once(session.forecast, (one) => one !== before && one.status === 'known');
  expect(await marks()).toEqual([
    ['reuse', false, expect.stringMatching(/^reused/)],
    ['run', true, 'would run (changed: sql)'],
    ['unknown', true, 'may run (large may change)'],
  ]);
});
