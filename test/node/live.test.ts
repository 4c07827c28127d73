import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import type { CairnEvent } from '@cairn/core';
import { describe, expect, test } from 'vitest';
import { colorsFor } from '../../packages/node-adapter/dist/cli/colors.js';
import { liveProgress } from '../../packages/node-adapter/dist/cli/live-progress.js';
import { marksFor } from '../../packages/node-adapter/dist/cli/terminal.js';
import { temporaryFolder } from '../run/fixtures.js';
import { cairn } from './commands.js';
import { escape, framesOf, screenOf } from './screen.js';

const onTerminal = (size: string, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  NODE_OPTIONS: `--import=${pathToFileURL(join(import.meta.dirname, 'terminal.mjs'))}`,
  TEST_TERMINAL: size,
  TERM: 'xterm-256color',
  LC_ALL: 'C.UTF-8',
  CI: undefined,
  CAIRN_PROGRESS: undefined,
  ...more,
});

/** Steps without tables, so that no engine is started. */
const text = `
import { definePipeline, effect } from '@cairn/core';
const good = effect('good', {}, async () => { console.log('said by good'); await new Promise((r) => setTimeout(r, 300)); return null; }, { version: '1' });
let tries = 0;
const flaky = effect('flaky', {}, async () => { tries += 1; if (tries < 2) throw new Error('not yet'); return null; },
  { version: '1', retry: { maxAttempts: 2, initialDelayMs: 150, jitter: 0 } });
const bad = effect('bad', {}, async () => { throw new Error('no luck'); }, { version: '1', after: [good] });
const last = effect('last', {}, async () => null, { version: '1', after: [bad] });
const many = Array.from({ length: Number(process.env.MANY ?? 0) }, (_, n) => effect('m' + n, {}, async () => null, { version: '1' }));
export default definePipeline({ name: 'shown', processes: { first: [good, flaky, ...many], second: [bad, last] } });
`;

function run(env: NodeJS.ProcessEnv, ...args: string[]) {
  const folder = temporaryFolder('repository');
  writeFileSync(join(folder, 'pipeline.ts'), text);
  return cairn(
    ['run', join(folder, 'pipeline.ts'), '--root', join(folder, 'store'), ...args],
    undefined,
    env,
  );
}

describe('on a terminal', () => {
  test('a run is drawn in place, and the final state of every step stays, with what steps print above', async () => {
    const { stdout, code } = await run(onTerminal('80x24'));
    expect(code).toBe(2);
    const screen = screenOf(stdout, 80).map((line) => line.trimEnd());
    const at = screen.findIndex((line) => line.startsWith('shown  attempt 1'));
    expect(screen.slice(0, at).toSorted()).toEqual([
      "  retry: 'flaky', attempt 2 in 150 ms: not yet",
      'said by good',
    ]);
    expect(screen.slice(at + 1).map((line) => line.replace(/ {2,}[\d.]+ m?s$/, ''))).toEqual([
      '  first',
      '    ✔ good   done',
      '    ✔ flaky  done',
      '  second',
      '    ✖ bad    FAILED    no luck',
      '    – last   skipped   blocked by bad',
      expect.stringMatching(/^shown FAILED in .*: 2 done, 1 FAILED, 1 skipped$/),
      '',
    ]);
    // While it ran: what was at work, what was tried again, what waited.
    const frames = framesOf(stdout).map((lines) => lines.join('\n'));
    expect(frames.some((frame) => /. good +running .*\n.*↻ flaky +retrying/u.test(frame))).toBe(true);
    expect(frames.some((frame) => /· last +waiting/.test(frame))).toBe(true);
  });

  test('nothing is told by colour alone: without colours the same is there', async () => {
    const [plain, painted] = await Promise.all([
      run(onTerminal('100x24', { NO_COLOR: '1' })),
      run(onTerminal('100x24')),
    ]);
    const sgr = new RegExp(`${escape}\\[[0-9;]*m`);
    expect(plain.stdout).not.toMatch(sgr);
    expect(painted.stdout).toMatch(sgr);
    const words = ({ stdout }: { readonly stdout: string }): string[] =>
      screenOf(stdout, 100)
        .filter((line) => line.startsWith('    '))
        .map((line) => line.replace(/ {2,}[\d.]+ m?s *$/, '').trimEnd());
    expect(words(plain)).toEqual(words(painted));
    expect(words(plain)).toContain('    ✖ bad    effect     FAILED    no luck');
  });

  test('where lines cannot be written over, or nobody wants it, a line is printed for each step as it ends', async () => {
    for (const env of [{ TERM: 'dumb' }, { CAIRN_PROGRESS: 'lines' }, { CI: 'true' }]) {
      const { stdout } = await run(onTerminal('80x24', env));
      expect(stdout).not.toMatch(new RegExp(`${escape}\\[\\d*[AJK]`));
      expect(stripVTControlCharacters(stdout)).toMatch(/^ {2}good {3}done/m);
    }
  });

  test('more steps than rows: what is at work and a summary, and at the end every step', async () => {
    const { stdout } = await run(onTerminal('80x12', { MANY: '40' }));
    const frames = framesOf(stdout);
    for (const frame of frames.slice(0, -1)) {
      const drawn = frame.slice(frame.findIndex((line) => line.startsWith('shown  attempt')));
      expect(drawn.length).toBeLessThan(12);
      expect(drawn.join('\n')).toMatch(/… \d+ more steps/);
      expect(drawn.at(-1)).toMatch(/\d+ waiting|\d+ done/);
    }
    expect(frames.some((frame) => frame.some((line) => /good +running/.test(line)))).toBe(true);
    const screen = screenOf(stdout, 80).join('\n');
    for (let n = 0; n < 40; n += 1) expect(screen).toMatch(new RegExp(`✔ m${n} +done`));
  });
});

describe('what is drawn', () => {
  const base = {
    pipeline: 'p',
    runId: '01a217f4-e391-7314-bf59-31d6b2dffbfc',
    correlationId: 'c',
    attempt: 1,
    lastAttempt: true,
    processRunId: null,
    at: 0,
  };
  const of = (step: string) => ({ process: 'main', step, stepRunId: `r:${step}` });
  const names = ['short', 'a_name_that_is_much_longer_than_what_a_narrow_terminal_has_room_for'];
  const start: CairnEvent = {
    ...base,
    type: 'pipeline_start',
    pipelineFingerprint: '',
    steps: names,
    processes: [{ name: 'main', steps: names.map((name) => ({ name, kind: 'source' })) }],
  };
  const course: CairnEvent[] = [
    start,
    ...names.flatMap((name): CairnEvent[] => [
      { ...base, ...of(name), type: 'step_start', kind: 'source', reason: 'first' },
      { ...base, ...of(name), type: 'progress', done: 3, total: 4 },
      {
        ...base,
        ...of(name),
        type: 'step_end',
        status: 'success',
        durationMs: 1_500,
        rows: 3_000_000,
        bytes: 114_600_000,
      },
    ]),
    { ...base, type: 'pipeline_end', status: 'success', durationMs: 2_000 },
  ];

  /** A terminal that can be made narrower, and does not break what it shows already. */
  function terminal(columns: number, rows = 24) {
    const listeners = new Set<() => void>();
    return {
      columns,
      rows,
      isTTY: true,
      written: '',
      write(text: string) {
        this.written += text;
      },
      on: (_: 'resize', listener: () => void) => listeners.add(listener),
      off: (_: 'resize', listener: () => void) => listeners.delete(listener),
      resize(to: number) {
        this.columns = to;
        for (const listener of listeners) listener();
      },
      listeners,
    };
  }
  let time = 0;
  const options = { colors: colorsFor({}, {}), now: () => (time += 20) };

  test.each([20, 30, 40, 60, 80, 120, 200])('fits %i columns', (columns) => {
    const output = terminal(columns);
    const progress = liveProgress({ ...options, output, marks: marksFor({ LC_ALL: 'C.UTF-8' }, 'linux') });
    for (const event of course) void progress.onEvent(event);
    const frames = framesOf(output.written);
    expect(frames.length).toBeGreaterThan(2);
    for (const frame of frames) for (const line of frame) expect(line.length).toBeLessThan(columns);
    const last = frames.at(-1)?.join('\n') ?? '';
    expect(last).toMatch(/✔ s\S* .*done/);
    if (columns >= 80) expect(last).toContain('3,000,000 rows');
    if (columns >= 120) expect(last).toMatch(/short .*114\.6 MB +2\.0M rows\/s +1\.5 s/);
    expect(output.listeners.size).toBe(0);
  });

  test('a terminal that gets narrower in the middle leaves nothing of the old frame', () => {
    const output = terminal(100);
    const progress = liveProgress({ ...options, output, marks: marksFor({ LC_ALL: 'C.UTF-8' }, 'linux') });
    for (const event of course.slice(0, 3)) void progress.onEvent(event);
    const widest = Math.max(...(framesOf(output.written).at(-1) ?? []).map((line) => line.length));
    expect(widest).toBeGreaterThan(50);
    // The terminal breaks its lines: the same output, in the new width.
    output.resize(50);
    for (const event of course.slice(3)) void progress.onEvent(event);
    const screen = screenOf(output.written, 50);
    expect(screen.filter((line) => line.startsWith('p  attempt 1'))).toHaveLength(1);
    expect(screen.filter((line) => line.includes('short'))).toHaveLength(1);
    expect(screen.at(-2)).toMatch(/^p succeeded in 2\.0 s: 2 done/);
  });

  test('has marks for a terminal without Unicode', () => {
    const output = terminal(80);
    const progress = liveProgress({ ...options, output, marks: marksFor({ LC_ALL: 'C' }, 'linux') });
    for (const event of course) void progress.onEvent(event);
    const last = framesOf(output.written).at(-1)?.join('\n') ?? '';
    expect(last).toMatch(/^ {4}\+ short /m);
  });
});
