import { isCairnError } from '@cairn/core';
import { pipelineFromYaml, yamlLimits } from '@cairn/core/yaml';
import { describe, expect, test } from 'vitest';
import { registry } from './registry.ts';

async function refusal(
  text: string,
  load?: (path: string) => { file: string; text: string },
): Promise<string> {
  const error: unknown = await pipelineFromYaml(text, { registry, ...(load && { load }) }).catch(
    (caught: unknown) => caught,
  );
  if (!isCairnError(error, 'invalid_pipeline_file'))
    throw error instanceof Error ? error : new Error('it was taken');
  return error.message;
}

const wide = (count: number, piece: string): string => piece.repeat(count);
const bomb = ['a: &a [x,x,x,x,x,x,x,x,x,x]'];
for (const [index, letter] of 'bcdefghijklmno'.split('').entries())
  bomb.push(`${letter}: &${letter} [${wide(9, `*${'abcdefghijklmn'[index]},`)}]`);

describe('what would take unbounded time or memory is refused in little of both', () => {
  test.each([
    ['aliases that name each other', bomb.join('\n'), 'aliases stand for more than'],
    [
      'aliases of a long text',
      `a: &a ${wide(100_000, 'x')}\nb: [${wide(1000, '*a,')}]`,
      'aliases stand for more than',
    ],
    ['an alias of what it is in', '&a [*a]', 'stands for what it is in'],
    ['brackets', wide(1_000_000, '['), 'collections inside one another'],
    ['braces', wide(1_000_000, '{a: '), 'collections inside one another'],
    ['lists in lists', wide(1_000_000, '- '), 'collections inside one another'],
    [
      'maps in maps',
      Array.from({ length: 1000 }, (_, depth) => `${wide(depth, ' ')}a:`).join('\n'),
      'collections inside one another',
    ],
    [
      'keys',
      Array.from({ length: 300_000 }, (_, index) => `k${index}: 1`).join('\n'),
      'more keys and values',
    ],
    ['commas', `[${wide(2_000_000, ',')}`, 'more keys and values'],
    ['anchors', wide(1_000_000, '&a '), 'more keys and values'],
    ['a huge text', `name: ${wide(yamlLimits.characters, 'x')}`, 'characters that a pipeline'],
    ['documents', wide(500_000, '---\n'), 'second document'],
    [
      'brackets in SQL',
      `name: p\nprocesses: { a: [{ step: x, sql: "select ${wide(1_000_000, '(')}" }] }`,
      'brackets inside one another',
    ],
    [
      'aliases in SQL',
      `name: p\nprocesses: { a: [{ step: x, sql: "select 1 from ${wide(200_000, 'x x, ')} x" }, { step: z, sql: select 1 }] }`,
      "reads 'x'",
    ],
    ['mistakes', `name: p\nprocesses: { a: [${wide(40_000, '{ stp: x },')}] }`, 'unknown key'],
  ])('%s', async (_what, text, told) => {
    const begin = performance.now();
    expect(await refusal(text)).toContain(told);
    // Half a second where nothing else is at work.
    expect(performance.now() - begin).toBeLessThan(15_000);
  });

  test('files that include each other, or too many of them', async () => {
    const first = 'name: p\nprocesses: { a: [{ include: 0.yaml }] }';
    const deep = (path: string) => ({
      file: path,
      text: `- include: ${Number.parseInt(path, 10) + 1}.yaml\n`,
    });
    expect(await refusal(first, deep)).toContain(
      `more than ${yamlLimits.includeDepth} files inside one another`,
    );
    let count = 0;
    const many = (path: string) => {
      count += 1;
      return {
        file: path,
        text:
          path === '0.yaml'
            ? Array.from({ length: 2000 }, (_, at) => `- include: x${at}.yaml`).join('\n')
            : `- { step: s${count}, sql: select 1 }`,
      };
    };
    expect(await refusal(first, many)).toContain(`more than the ${yamlLimits.files} files`);
    expect(count).toBe(yamlLimits.files);
    const large = (path: string) => ({
      file: path,
      text: `${path === '0.yaml' ? '- include: 1.yaml\n' : ''}# ${wide(yamlLimits.characters / 2, 'x')}`,
    });
    expect(await refusal(first, large)).toContain('characters that a pipeline');
  });
});

describe('nothing in YAML runs code, or means another thing than it says', () => {
  test.each([
    ['!!js/function "() => 1"', 'Unresolved tag'],
    ['!<tag:yaml.org,2002:js/regexp> /a/', 'Unresolved tag'],
    ['!!binary aGk=', 'Unresolved tag'],
    ['!!set { a }', 'Unresolved tag'],
    ['!own x', 'Unresolved tag'],
    ['{ __proto__: { x: 1 } }', "'__proto__' is a name that JavaScript keeps for itself"],
    ['{ constructor: 1 }', "'constructor' is a name"],
    ['{ ? [a] : 1 }', 'all keys must be strings'],
    ['12345678901234567890', 'cannot hold exactly'],
    ['*a', 'there is no anchor'],
  ])('%s', async (value, told) => {
    const text = `name: p\nprocesses: { a: [{ step: x, sql: select 1, description: ${value} }] }`;
    expect(await refusal(text)).toContain(told);
  });

  test('another version of YAML, in which yes is true, is not read', async () => {
    expect(await refusal('%YAML 1.1\n---\nname: p\n')).toContain('is YAML 1.1: only 1.2 is read');
  });

  test('keys are merged by nobody', async () => {
    const text = 'name: p\nprocesses: { a: [{ step: x, sql: select 1, <<: { description: x } }] }';
    expect(await refusal(text)).toContain("'<<' merges in YAML 1.1");
  });

  test('anchors and aliases are plain repetition', async () => {
    const text =
      'name: p\nprocesses:\n  a:\n    - { step: x, sql: select 1, retry: &twice { maxAttempts: 2 } }\n    - { step: z, sql: select 2, retry: *twice }\n';
    const pipeline = await pipelineFromYaml(text, { registry });
    expect(pipeline.processes['a']?.steps.map(({ options }) => options.retry)).toEqual([
      { maxAttempts: 2 },
      { maxAttempts: 2 },
    ]);
  });
});
