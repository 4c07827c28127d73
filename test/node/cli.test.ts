import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../run/fixtures.js';
import { cairn, stepsWith, type Ended } from './commands.js';

const help = `
import { definePipeline, effect, param, sql, step } from '@cairn/core';
import { existsSync } from 'node:fs';
import { z } from 'zod';
const quiet = (name, run, more = {}) => effect(name, {}, run, { version: '1', ...more });
`;

/** `two` fails until the file is there. */
const twoSteps = `${help}
const one = quiet('one', async () => ({ done: true }));
const two = effect('two', { who: param('who') }, async ({ who }) => {
  if (!existsSync('FLAG')) throw new Error('not yet, ' + who);
  console.log('hello ' + typeof who + ' ' + who);
  return null;
}, { version: '1', after: [one] });
export default definePipeline({ name: 'two_steps', params: z.object({ who: z.string() }), processes: { first: [one], second: [two] } });
`;

const tables = `${help}
const numbers = step('numbers', sql\`
  select n::integer as n, (n / 8)::double as share, (n * 1.25)::decimal(10, 2) as price, n % 2 = 0 as even,
    case when n = 1 then null when n = 2 then 'a "quoted", text' else 'zwölf 中文' end as words,
    timestamp '2026-11-22 13:05:54.5' + to_hours(n) as at, date '2026-11-22' as day, n::hugeint as huge
  from range(30) r(n)\`);
export default definePipeline({ name: 'tables', processes: { main: [numbers] } });
`;

interface Place {
  readonly folder: string;
  readonly file: string;
  readonly flag: string;
  readonly root: readonly string[];
}

function place(text: string): Place {
  const folder = temporaryFolder('repository');
  const [file, flag] = [join(folder, 'pipeline.ts'), join(folder, 'flag')];
  writeFileSync(file, text.replaceAll('FLAG', flag));
  return { folder, file, flag, root: ['--root', join(folder, 'store')] };
}

const jsonOf = ({ stdout }: Ended): unknown => JSON.parse(stdout);
const linesOf = ({ stdout }: Ended): Record<string, unknown>[] =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('cairn run', () => {
  test('SEMANTICS 4, result: exits with 0 for success, 1 for failed and 2 for partial', async () => {
    const { file, flag, root } = place(twoSteps);
    const run = (...more: string[]) => cairn(['run', file, ...root, '--param', 'who=you', ...more]);
    const partial = await run();
    expect(partial.code).toBe(2);
    expect(partial.stderr).toMatch(/^error step_failed: Step 'two' of pipeline 'two_steps': not yet, you\n/);
    expect(partial.stderr).toMatch(/docs\/errors\.md#step_failed/);
    const failed = await run('--correlation-id', 'alone', '--include', 'second');
    expect(failed.code).toBe(1);
    writeFileSync(flag, '');
    const done = await run();
    expect(done.code).toBe(0);
    expect(stepsWith(done.stdout, 'reused')).toEqual(['one']);
    expect(stepsWith(done.stdout, 'done')).toEqual(['two']);
  });

  test('--json writes an event a line and one result, and what steps print goes elsewhere', async () => {
    const { file, folder, flag, root } = place(twoSteps);
    writeFileSync(flag, '');
    const events = join(folder, 'events.ndjson');
    const given = ['--param', 'who=7', '--json', '--events', events, '--concurrency', '1'];
    const ended = await cairn(['run', file, ...root, ...given]);
    const lines = linesOf(ended);
    const types = lines.map(({ type }) => type);
    expect(types[0]).toBe('pipeline_start');
    expect(types.slice(-2)).toEqual(['pipeline_end', 'result']);
    expect(types.filter((type) => type === 'result')).toHaveLength(1);
    expect(lines.at(-1)).toMatchObject({
      status: 'success',
      outcome: 'success',
      exitCode: 0,
      steps: [
        { step: 'one', outcome: 'complete' },
        { step: 'two', outcome: 'complete' },
      ],
    });
    expect(ended.stderr).toBe('hello string 7\n');
    const written = readFileSync(events, 'utf8').trim().split('\n');
    expect(written.map((line) => (JSON.parse(line) as { type: string }).type)).toEqual(types.slice(0, -1));
  });

  test('--json tells a failure in the result, and an error before the run as the only line', async () => {
    const { file, root } = place(twoSteps);
    const failed = linesOf(await cairn(['run', file, ...root, '--param', 'who=you', '--json']));
    expect(failed.at(-1)).toMatchObject({
      type: 'result',
      outcome: 'partial',
      exitCode: 2,
      error: { code: 'step_failed' },
    });
    const invalid = await cairn(['run', file, ...root, '--json']);
    expect(invalid.code).toBe(1);
    expect(linesOf(invalid)).toEqual([
      { type: 'error', error: expect.objectContaining({ code: 'invalid_params' }), exitCode: 1 },
    ]);
  });

  test('--include takes steps and processes, --force makes a step run again', async () => {
    const { file, flag, root } = place(twoSteps);
    writeFileSync(flag, '');
    const run = (...more: string[]) => cairn(['run', file, ...root, '--param', 'who=you', ...more]);
    expect(stepsWith((await run('--include', 'first')).stdout, 'done')).toEqual(['one']);
    const both = await run('--include', 'one', '--include', 'second', '--force', 'one');
    expect(stepsWith(both.stdout, 'done')).toEqual(['one', 'two']);
    const unwritable = await run('--events', join(file, 'events.ndjson'));
    expect([unwritable.code, unwritable.stderr]).toEqual([
      1,
      expect.stringMatching(/invalid_argument: --events: .*cannot be written\n {2}cause: /),
    ]);
    const unknown = await run('--include', 'secnd');
    expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringMatching(/invalid_stage.*'second'/)]);
  });

  test('tells of retries and of a circuit that opens', async () => {
    const { file, root } = place(
      `${help}const call = quiet('call', async () => { throw new Error('down'); },
        { circuitBreaker: { name: 'api', failureThreshold: 2 }, retry: { maxAttempts: 3, initialDelayMs: 1, jitter: 0 } });
       export default definePipeline({ name: 'calls', processes: { main: [call] } });`,
    );
    const { stdout, stderr } = await cairn(['run', file, ...root]);
    expect(stdout).toMatch(/^ {2}retry: 'call', attempt 2 in 1 ms: down$/m);
    expect(stdout).toMatch(/^ {2}circuit: 'api' is open, tried again in (1 min 00|59\.\d) s$/m);
    expect(stderr).toMatch(/^error circuit_open: /);
  });

  test('takes the pipeline and its params from the configuration, unless it is told others', async () => {
    const { folder, flag } = place(twoSteps);
    writeFileSync(flag, '');
    mkdirSync(join(folder, 'sub'));
    writeFileSync(
      join(folder, 'cairn.config.yaml'),
      'storage: { type: fs, root: kept }\npipeline: pipeline.ts\nparams: { who: config }\nrun: { correlationId: nightly }\n',
    );
    const inFolder = (args: readonly string[]) => cairn(args, undefined, {}, folder);
    const run = await inFolder(['run']);
    expect([run.stderr, run.code]).toEqual(['', 0]);
    expect(run.stdout).toContain('hello string config');
    expect((await inFolder(['run', '--param', 'who=typed'])).stdout).toContain('hello string typed');
    expect(jsonOf(await inFolder(['status', '--json']))).toMatchObject([{ correlationId: 'nightly' }]);
    const elsewhere = await cairn(
      ['status', '--config', '../cairn.config.yaml', '--json'],
      undefined,
      {},
      join(folder, 'sub'),
    );
    expect(jsonOf(elsewhere)).toHaveLength(1);
    const none = await cairn(['run'], undefined, {}, join(folder, 'sub'));
    expect(none.stderr).toMatch(/^error invalid_argument: .*no cairn\.config/);
  });
});

describe('cairn resume', () => {
  test('goes on with the params that a task was begun with; ids stay the text that they are', async () => {
    const { file, flag, root } = place(twoSteps);
    const begun = await cairn(['run', file, ...root, '--param', 'who=42', '--correlation-id', '007']);
    expect(begun.code).toBe(2);
    const resume = (...args: string[]) => cairn(['resume', ...args, '--pipeline', file, ...root]);
    const again = await resume();
    expect([again.code, again.stdout]).toEqual([2, expect.stringContaining(`resuming '007' (error)`)]);
    writeFileSync(flag, '');
    const done = await resume('007');
    expect(done.code).toBe(0);
    expect(done.stdout).toContain('hello string 42');
    expect(stepsWith(done.stdout, 'reused')).toEqual(['one']);

    const nothing = await resume();
    expect([nothing.code, nothing.stdout]).toEqual([0, expect.stringMatching(/^Nothing to resume: no task/)]);
    const succeeded = await resume('007');
    expect([succeeded.code, succeeded.stdout]).toEqual([0, expect.stringMatching(/task '007'.* succeeded/)]);
    expect(jsonOf(await resume('007', '--json'))).toMatchObject({ status: 'nothing_to_resume', exitCode: 0 });
    const unknown = await resume('7');
    expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringMatching(/unknown_task: .*'7'/)]);
  });

  test('without an id it takes the unfinished task that changed last; a killed one is such', async () => {
    const { file, flag, root } = place(
      twoSteps.replace(
        "throw new Error('not yet, ' + who)",
        'await new Promise((r) => setTimeout(r, 60_000))',
      ),
    );
    const run = ['run', file, ...root, '--param', 'who=you', '--correlation-id'];
    const kill = (line: string, end: (signal: NodeJS.Signals) => void) => {
      if (/^ {2}one +done/.test(line)) end('SIGKILL');
    };
    await cairn([...run, 'first'], kill);
    await cairn([...run, 'second'], kill);
    const status = await cairn(['status', ...root]);
    expect(status.stdout).toMatch(/two_steps +killed +1 .*second\n.*two_steps +killed +1 .*first\n$/);
    expect((await cairn(['status', 'first', ...root])).stdout).toContain('cairn resume first');
    writeFileSync(flag, '');
    const resume = ['resume', '--pipeline', file, ...root];
    expect((await cairn(resume)).stdout).toContain("resuming 'second' (killed)");
    expect((await cairn(resume)).stdout).toContain("resuming 'first' (killed)");
    expect((await cairn(resume)).stdout).toContain('Nothing to resume');
  });
});

describe('cairn validate', () => {
  test('says what there is, as text and as JSON, and runs nothing', async () => {
    const { file, folder } = place(twoSteps);
    const text = await cairn(['validate', file, '--param', 'who=you']);
    expect([text.code, text.stderr]).toEqual([0, '']);
    expect(text.stdout).toBe(
      [
        'two_steps is valid: 2 processes, 2 steps',
        '  param who = "you"',
        '',
        '  first',
        '    one  effect',
        '',
        '  second',
        '    two  effect     after one',
        '',
      ].join('\n'),
    );
    const json = jsonOf(await cairn(['validate', file, '--param', 'who=you', '--json']));
    expect(json).toMatchObject({
      pipeline: 'two_steps',
      params: { who: 'you' },
      processes: [{ name: 'first', steps: [{ name: 'one', kind: 'effect' }] }, { name: 'second' }],
    });
    expect(readdirSync(folder)).toEqual(['pipeline.ts']);
  });

  test('lists all that is wrong with the params', async () => {
    const text = `${help}const a = effect('a', { x: param('x'), y: param('y') }, async () => null, { version: '1' });
      export default definePipeline({ name: 'p', params: z.object({ x: z.number(), y: z.number() }), processes: { main: [a] } });`;
    const { file } = place(text);
    const { code, stderr } = await cairn(['validate', file, '--param', 'x=no']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error invalid_params: .*x: .*; y: /);
  });
});

describe('looking at what there is', () => {
  test('status, show, records and cleanup: as tables, as JSON, as CSV', async () => {
    const { file, root } = place(tables);
    const at = (...args: string[]) => cairn([...args, ...root]);
    expect((await at('status')).stdout).toMatch(/^There are no tasks in /);
    expect(await at('show', 'numbers')).toMatchObject({ code: 1, stderr: expect.stringMatching(/no tasks/) });
    expect((await at('records')).stdout).toMatch(/There are no records/);
    expect((await at('run', file, '--correlation-id', '0042')).code).toBe(0);

    const status = await at('status', '--json');
    expect(jsonOf(status)).toMatchObject([{ correlationId: '0042', status: 'complete', attempt: 1 }]);
    const one = await at('status', '0042');
    expect(one.stdout).toMatch(/numbers +complete +1 +30 +[\d.]+ k?B .* done\n$/);
    expect(jsonOf(await at('status', '0042', '--json'))).toMatchObject({
      steps: [{ step: 'numbers', rows: 30 }],
    });
    expect((await at('status', '42')).stderr).toMatch(/unknown_task: .*did you mean '0042'/);

    const shown = await at('show', 'numbers', '--limit', '3');
    expect(shown.stdout.split('\n')).toEqual([
      '      n   share          price  even     words             at                     day            huge',
      'INTEGER  DOUBLE  DECIMAL(10,2)  BOOLEAN  VARCHAR           TIMESTAMP              DATE        HUGEINT',
      '      0   0               0.00  true     zwölf 中文        2026-11-22 13:05:54.5  2026-11-22        0',
      '      1   0.125           1.25  false    NULL              2026-11-22 14:05:54.5  2026-11-22        1',
      '      2   0.25            2.50  true     a "quoted", text  2026-11-22 15:05:54.5  2026-11-22        2',
      "3 of 30 rows of 'numbers', task '0042' of 'tables'",
      '',
    ]);
    const csv = await at('show', 'numbers', '--limit', '3', '--format', 'csv', '--correlation-id', '0042');
    expect(csv.stdout.split('\n')).toEqual([
      'n,share,price,even,words,at,day,huge',
      '0,0,0.00,true,zwölf 中文,2026-11-22T13:05:54.5,2026-11-22,0',
      '1,0.125,1.25,false,,2026-11-22T14:05:54.5,2026-11-22,1',
      '2,0.25,2.50,true,"a ""quoted"", text",2026-11-22T15:05:54.5,2026-11-22,2',
      '',
    ]);
    expect(jsonOf(await at('show', 'numbers', '--limit', '2', '--json'))).toMatchObject({
      step: 'numbers',
      rows: 30,
      columns: [{ name: 'n', type: 'INTEGER' }, {}, {}, {}, {}, {}, {}, {}],
      data: [{ n: 0, share: 0, price: '0.00', even: true, huge: '0' }, { words: null }],
    });
    expect((await at('show', 'numbers')).stdout.split('\n')).toHaveLength(2 + 20 + 2);
    expect((await at('show', 'number')).stderr).toMatch(/checkpoint_not_found: .*did you mean 'numbers'/);

    const records = await at('records');
    expect(records.stdout).toMatch(
      /^started +pipeline .*\n[-\d]+ [\d:]+Z +tables +1 +success +[\d.]+ m?s\n$/,
    );
    const all = jsonOf(await at('records', '--json'));
    expect(all).toMatchObject([
      { pipeline: 'tables', correlation_id: '0042', status: 'success', attempt: 1 },
    ]);
    const sql = 'select step, status from step_runs';
    expect((await at('records', '--sql', sql, '--format', 'csv')).stdout).toBe(
      'step,status\nnumbers,success\n',
    );
    expect(jsonOf(await at('records', '--sql', sql, '--json'))).toEqual([
      { step: 'numbers', status: 'success' },
    ]);
    const wrong = await at('records', '--sql', 'select nothing from step_runs', '--json');
    expect(wrong.code).toBe(1);
    expect(jsonOf(wrong)).toMatchObject({ type: 'error', error: { code: 'sql_failed' } });

    expect((await at('cleanup')).stderr).toMatch(/invalid_argument: .*--correlation-id <id>, or --run-id/);
    expect((await at('cleanup', '--correlation-id', '0042')).code).toBe(0);
    expect((await at('show', 'numbers')).stderr).toMatch(/checkpoint_not_found/);
    expect((await at('cleanup', '--run-id', 'none', '--json')).code).toBe(0);
  });
});

describe('cairn plan', () => {
  test('SEMANTICS 4, dry run: says what would run and why, and runs nothing', async () => {
    const { file, flag, root } = place(twoSteps);
    const valued = place(
      `${help}const counted = effect('counted', { least: param('least') }, async () => null, { version: '1', reuse: true });
       export default definePipeline({ name: 'valued', params: z.object({ least: z.number() }), processes: { main: [counted] } });`,
    );
    await cairn(['run', valued.file, ...valued.root, '--correlation-id', 'it', '--param', 'least=0']);
    const plan = (...more: string[]) =>
      cairn(['plan', file, ...root, '--correlation-id', 'it', '--param', ...more]);
    expect((await plan('who=you')).stdout).toMatch(/two +effect +run .*\n\n2 steps: 2 run\n$/);
    await cairn(['run', file, ...root, '--correlation-id', 'it', '--param', 'who=you']);
    const later = await plan('who=me');
    expect(later.stdout).toMatch(/one +effect +reuse /);
    expect(later.stdout).toMatch(/two +effect +run /);
    const done = await cairn([
      'plan',
      valued.file,
      ...valued.root,
      '--correlation-id',
      'it',
      '--param',
      'least=1',
    ]);
    expect(done.stdout).toMatch(/counted +effect +run +params\.least 0 -> 1\n/);
    expect(jsonOf(await plan('who=me', '--json'))).toMatchObject({
      pipeline: 'two_steps',
      attempt: 2,
      steps: [{ decision: 'reuse' }, { decision: 'run' }],
    });
    writeFileSync(flag, '');
    const { stdout } = await cairn(['run', file, ...root, '--correlation-id', 'it', '--param', 'who=me']);
    expect(stepsWith(stdout, 'done')).toEqual(['two']);
  });
});

describe('cairn checkpoints and cairn gc', () => {
  test('list what is stored, and remove what retention does not keep, saying why', async () => {
    const { file, folder, root } = place(tables);
    const at = (...args: string[]) => cairn([...args, ...root]);
    await at('run', file);
    expect((await at('checkpoints')).stdout).toMatch(
      /^pipeline +step .*\ntables +numbers +cache +stored +30 .*keep last\n\n1 checkpoint; [\d.]+ kB of tables\n$/,
    );
    expect((await at('checkpoints', '--state', 'evicted')).stdout).toMatch(/^There are no such checkpoints/);
    expect((await at('checkpoints', '--scope', 'all')).stderr).toContain('cache, correlation, run');
    expect((await at('gc', '--dry-run')).stdout).toMatch(
      /^Nothing would be removed; [\d.]+ kB .*\n {2}1 table kept, .*: recent\n$/,
    );

    const config = join(folder, 'cairn.config.yaml');
    const retention = 'retention:\n  maxBytes: 0\n  keepLast: 0\n';
    writeFileSync(config, `storage:\n  type: fs\n  root: ${join(folder, 'store')}\n${retention}`);
    // The file system's clock tells times that are a little late.
    await new Promise((resolve) => setTimeout(resolve, 2500));
    const gc = (...more: string[]) => cairn(['gc', '--grace-ms', '0', '--config', config, ...more]);
    expect((await gc('--dry-run')).stdout).toMatch(
      /^what .*\ntable .* tables\/numbers +more than maxBytes is stored/,
    );
    expect(jsonOf(await gc('--json'))).toMatchObject({
      removed: [{ kind: 'table', reason: { code: 'max_bytes' } }],
      after: { parts: 0 },
    });
    expect(jsonOf(await at('checkpoints', '--json'))).toMatchObject([{ step: 'numbers', state: 'evicted' }]);
    const shown = await at('show', 'numbers');
    expect([shown.code, shown.stderr]).toEqual([
      1,
      expect.stringMatching(/checkpoint_not_found.*(evicted|retention)/),
    ]);
    const { stdout } = await at('run', file, '--force', 'numbers');
    expect(stepsWith(stdout, 'done')).toEqual(['numbers']);
    expect(jsonOf(await at('checkpoints', '--json'))).toMatchObject([{ state: 'stored' }]);
  });
});

describe('cairn why', () => {
  test("says whether 'auto' keeps a table, and so does cairn plan", async () => {
    const { file, root } = place(
      `${help}const first = step('first', sql\`select 1 as n\`);
       const last = step('last', sql\`select n + 1 as n from \${first}\`);
       export default definePipeline({ name: 'auto', checkpoint: 'auto', processes: { main: [first, last] } });`,
    );
    const planned = (await cairn(['plan', file, ...root])).stdout;
    expect(planned).toMatch(
      /first .* nothing stored yet; kept if that is worth it: nothing was measured yet\n/,
    );
    expect(planned).toMatch(/last .* nothing stored yet; kept: no step reads it\n/);
    expect((await cairn(['why', 'last', '--pipeline', file, ...root])).stdout).toBe(
      "last would run: nothing stored yet\n  checkpoint 'auto', its table is kept: no step reads it\n",
    );
  });

  test('says what changed, from what to what, down to the cause; another task is compared', async () => {
    const { file, folder, root } = place(
      `${help}const first = step('first', sql\`select 1 as n\`);
       const last = step('last', sql\`select n + \${param('more')} as n from \${first}\`);
       export default definePipeline({ name: 'why', params: z.object({ more: z.number().default(1) }), processes: { main: [first, last] } });`,
    );
    const why = (...args: string[]) => cairn(['why', ...args, '--pipeline', file, ...root]);
    await cairn(['run', file, ...root]);
    expect((await why('last')).stdout).toBe('last would be reused: reused from an earlier run\n');
    const other = await why('last', '--param', 'more=2');
    expect(other.stdout).toMatch(
      /^last would run: nothing stored yet\n\ncompared with the task 'default-\w+':\n {2}the param 'more': 1 -> 2\n$/,
    );
    expect((await why('last', '--cache', 'refresh')).stdout).toBe(
      'last may run: first may change\n  first would run: the cache is not used\n',
    );
    writeFileSync(file, readFileSync(file, 'utf8').replace('select 1 as n', 'select 7 as n'));
    expect((await why('last')).stdout).toBe(
      [
        'last may run: first may change',
        '  first would run: changed: sql',
        '    the SQL: `select 1 as n` -> `select 7 as n`',
        '',
      ].join('\n'),
    );
    expect(jsonOf(await why('first', '--json'))).toMatchObject({
      decision: 'run',
      explained: ['changed: sql', 'the SQL: `select 1 as n` -> `select 7 as n`'],
    });
    const saved = join(folder, 'before.json');
    writeFileSync(saved, (await cairn(['plan', file, ...root, '--json', '--param', 'more=3'])).stdout);
    writeFileSync(file, readFileSync(file, 'utf8').replace('select 7 as n', 'select 8 as n'));
    expect((await why('first', '--with', saved)).stdout).toContain(
      `compared with ${saved}:\n  the SQL: \`select 7 as n\` -> \`select 8 as n\`\n`,
    );
    writeFileSync(saved, 'no plan');
    expect((await why('first', '--with', saved)).stderr).toContain('is no plan');
    expect((await why('lst')).stderr).toContain("did you mean 'last'?");
    expect((await why('last', '--param', 'mroe=2')).stderr).toBe(
      "warning: the pipeline makes nothing of the param 'mroe'; did you mean 'more'?\n",
    );
    expect((await cairn(['why', 'last', ...root])).stderr).toContain(
      'name a pipeline file, as --pipeline <file>',
    );
    expect((await why('last', '--with', 'none')).stderr).toContain('unknown_task');
    expect((await cairn(['run', file, ...root, '--cache', 'never'])).stderr).toContain("not 'never'");
    expect(readdirSync(folder)).toContain('store');
  });
});

describe('help', () => {
  test('every command teaches: what it does, examples, exit codes, environment', async () => {
    const overall = await cairn(['--help']);
    const commands = [...overall.stdout.matchAll(/^ {2}([a-z]+)(?: [<[][a-z-]+[>\]])? {2,}[A-Z]/gm)];
    const names = commands.map((match) => match[1] as string);
    expect(names).toEqual([
      'init',
      'run',
      'validate',
      'plan',
      'why',
      'resume',
      'status',
      'show',
      'records',
      'checkpoints',
      'gc',
      'cleanup',
    ]);
    const document = readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8');
    for (const name of names) {
      const { code, stdout } = await cairn([name, '--help']);
      expect(code).toBe(0);
      for (const part of ['Options', 'Examples', 'Exit codes', 'Environment', 'NO_COLOR'])
        expect(stdout).toContain(part);
      for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
      // What the help says, the document says too.
      const section = document.split(/^## /m).find((text) => text.startsWith(`\`cairn ${name}`));
      const options = [...stdout.matchAll(/^ {2}(?:-h, )?(--[a-z-]+)/gm)].map((match) => match[1] as string);
      expect(options.filter((option) => option !== '--help' && !section?.includes(`\`${option}`))).toEqual(
        [],
      );
    }
  });
});
