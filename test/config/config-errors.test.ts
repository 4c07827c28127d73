import { join } from 'node:path';
import { loadConfig } from '@cairn/node';
import { expect, test } from 'vitest';
import { folderWith, refusal } from './fixtures.js';

/** How a file's text is refused; where the file is, is left out of the message. */
async function refusalOf(text: string, name = 'cairn.config.yaml', env = {}): ReturnType<typeof refusal> {
  const folder = folderWith({ [name]: text });
  const refused = await refusal(() => loadConfig(join(folder, name), { env }));
  return { ...refused, message: refused.message.replaceAll(`${folder}/`, '') };
}

test('SEMANTICS 2, from_yaml: an unknown key is told with its line, its column and the nearest known one', async () => {
  const { issues, message } = await refusalOf('storage:\n  type: fs\n  rot: .cairn\n');
  expect(issues).toEqual([
    {
      path: 'storage.rot',
      message: 'unknown key (known: type, root)',
      line: 3,
      column: 3,
      suggestion: 'root',
    },
  ]);
  expect(message).toBe(
    [
      "cairn.config.yaml:3:3: storage.rot: unknown key (known: type, root); did you mean 'root'?",
      '  3 |   rot: .cairn',
      '    |   ^',
    ].join('\n'),
  );
});

test('SEMANTICS 2, from_yaml: storage is required', async () => {
  expect((await refusalOf('concurrency: 2\n')).issues).toEqual([{ path: 'storage', message: 'is missing' }]);
  expect((await refusalOf('')).message).toBe('cairn.config.yaml: must be an object, not null');
});

test('every mistake is told at once, in the order of the file', async () => {
  const text = `concurrency: none
storage: { type: fs }
observability:
  observers:
    - type: nope
    - { tpye: x }
  logging: { level: loud }
run: { failFast: 1, correlationId: "" }
"odd key": 1
`;
  const { issues, message } = await refusalOf(text);
  expect(issues.map(({ path, line, column }) => [path, line, column])).toEqual([
    ['concurrency', 1, 14],
    ['storage.root', 2, 1],
    ['observability.observers[0].type', 5, 13],
    ['observability.observers[1].tpye', 6, 9],
    ['observability.logging.level', 7, 21],
    ['run.failFast', 8, 18],
    ['run.correlationId', 8, 36],
    ['["odd key"]', 9, 1],
  ]);
  expect(message.split('\n')[0]).toBe('cairn.config.yaml has 8 mistakes');
});

test('a variable that is not set is pointed at where it stands', async () => {
  const { message } = await refusalOf('storage: { type: fs, root: "a/${WHERE}/b" }\n');
  expect(message).toBe(
    [
      'cairn.config.yaml:1:31: storage.root: the environment variable WHERE is not set',
      '  1 | storage: { type: fs, root: "a/${WHERE}/b" }',
      '    |                               ^',
    ].join('\n'),
  );
});

test('JSON has the same positions, also on one long line and with tabs', async () => {
  const long = JSON.stringify({ params: { text: 'x'.repeat(300) }, storage: { type: 'memory', rot: 1 } });
  const one = await refusalOf(long, 'cairn.config.json');
  expect(one.issues).toMatchObject([{ line: 1, column: long.indexOf('"rot"') + 1 }]);
  const [, excerpt, caret] = one.message.split('\n') as [string, string, string];
  expect(excerpt.length).toBeLessThan(120);
  expect(excerpt.indexOf('"rot"')).toBe(caret.indexOf('^'));

  const tabs = await refusalOf('{\n\t"storage": {\n\t\t"type": "memry"\n\t}\n}', 'cairn.config.json');
  expect(tabs.message).toContain('\'memory\'?\n  3 |   "type": "memry"\n    |           ^');
});

test('what is no YAML or no JSON is told with its place', async () => {
  const words = async (text: string, name?: string): Promise<string> => (await refusalOf(text, name)).message;
  expect(await words('storage: [a\nrun: 1')).toContain('cairn.config.yaml:2:1: is not readable: ');
  expect(await words('a: 1\na: 2')).toContain('Map keys must be unique');
  expect(await words('a: 1\n---\nb: 2')).toContain('multiple documents');
  expect(await words('a: !!binary-ish 1')).toContain('Unresolved tag');
  expect(await words('run: { failFast: ${NAME} }')).toContain('write "${NAME}", with quotes');
  expect(await words('{ "storage": { "type": "memory" }, }', 'cairn.config.json')).toContain('is no JSON');
  expect(await words('{ "storage": ', 'cairn.config.json')).toContain('is not readable');
  expect(await words('params: { id: 9007199254740993 }')).toContain('write it as a text');
});

test('aliases work, and a few that make gigabytes are refused', async () => {
  const folder = folderWith({
    'cairn.config.yaml': 'storage: { type: memory }\nparams: { a: &a { x: 1 }, b: *a }\n',
  });
  expect((await loadConfig(folder))?.params).toEqual({ a: { x: 1 }, b: { x: 1 } });
  const names = 'abcdefghij'.split('');
  const bomb = names.map((name, at) => {
    const items = at === 0 ? 'x' : `*${names[at - 1]}`;
    return `  ${name}: &${name} [${Array(9).fill(items).join(', ')}]`;
  });
  const { message } = await refusalOf(`storage: { type: memory }\nparams:\n${bomb.join('\n')}\n`);
  expect(message).toContain('too many');
  expect((await refusalOf(`a: ${'['.repeat(20_000)}`)).message).toContain('is not readable');
});

test('nothing that stands under secrets is shown, and no value of the environment', async () => {
  const env = { PORT: 'hunter2', KEY: 'hunter2' };
  for (const text of [
    'secrets:\n  A: hunter2\n',
    'secrets: { A: "hunter2 ${NONE}", B: hunter2 } # hunter2\n',
    'secrets:\n  A: ${KEY}\n  # hunter2\nrun: { fail: 1 }\n',
    'params: &p { A: hunter2 }\nsecrets: *p\n',
    'secrets: hunter2\n',
    'secrets: [ hunter2 ]\n',
    'secrets:\n  A: "hunter2\n',
    'secrets:\n  A: ${KEY}\n  B: ]hunter2\n',
    'concurrency: ${PORT}\nsecrets: { A: "${KEY}" }\n',
    'engine: { type: "${PORT}" }\n',
    '{"secrets":{"A":"hunter2"},"storge":1}',
    '{"secrets":{"A":"hunter2"},"storge":}',
  ]) {
    const { message } = await refusalOf(text, 'cairn.config.yaml', env);
    expect(message, text).not.toContain('hunter2');
  }
});
