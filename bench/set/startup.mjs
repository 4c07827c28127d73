import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { median } from '../in-turns.mjs';

const program = fileURLToPath(new URL('../contenders/startup-node.mjs', import.meta.url));

/** The engine's start in fresh processes, in fresh profiles and in fresh pages of a profile that knows it, with its phases. */
export const startup = {
  name: 'startup',
  title: 'cold start of the engine, with its phases',
  budgetMs: { quick: 10_000, full: 40_000, large: 40_000 },
  async measure({ runtimes, compare, say, chromium }) {
    const inNode = (name) => async () => ({
      pass: async () => JSON.parse((await promisify(execFile)(process.execPath, [program, name])).stdout),
      close: () => undefined,
    });
    // What DuckDB has compiled may be cached in the profile: a page that is not the first one there may start faster.
    const known = {};
    const inChromium = (name, isFirst) => async () => {
      const profile = isFirst ? chromium.newProfile() : (known[name] ??= await visited(name));
      const { context, page } = await chromium.launch(profile);
      return {
        pass: () => page.evaluate((asked) => window.cairnBench.call('startup', asked), name),
        close: () => context.close(),
      };
    };
    const visited = async (name) => {
      const profile = chromium.newProfile();
      for (let visit = 0; visit < 2; visit += 1) {
        const { context, page } = await chromium.launch(profile);
        await page.evaluate((asked) => window.cairnBench.call('startup', asked), name);
        await context.close();
      }
      return profile;
    };
    const kinds = {
      'in node': inNode,
      'in chromium, a new profile': (name) => inChromium(name, true),
      'in chromium, a profile that has been here': (name) => inChromium(name, false),
    };
    for (const [kind, open] of Object.entries(kinds)) {
      if (!runtimes.some((runtime) => kind.startsWith(`in ${runtime}`))) continue;
      const told = { bare: [], cairn: [] };
      const timed = (name) => async () => {
        const lane = await open(name)();
        return {
          close: lane.close,
          async pass() {
            const { phases, seen, joinMs, ...facts } = await lane.pass();
            told[name].push({ phases, seen, joinMs });
            return { ms: phases.reduce((sum, [, ms]) => sum + ms, 0), ...facts };
          },
        };
      };
      await compare(kind, `start to the second query, ${kind}`, {
        floor: 'bare',
        isFresh: true,
        contenders: { bare: timed('bare'), cairn: timed('cairn') },
      });
      for (const [name, list] of Object.entries(told)) say(`  ${name}: ${phasesText(list)}`);
    }
  },
};

/** The medians of the phases, of what was seen within the longest one, and of what the engine is asked next. */
function phasesText(list) {
  const [first] = list;
  if (first === undefined) return 'not measured';
  const text = (name, times) => `${name} ${median(times).toFixed(0)} ms`;
  const phases = first.phases.map(([name], at) =>
    text(
      name,
      list.map(({ phases }) => phases[at][1]),
    ),
  );
  const seen = Object.keys(first.seen).map((name) =>
    text(
      name,
      list.map(({ seen }) => seen[name]),
    ),
  );
  const joins = list.map(({ joinMs }) => joinMs);
  return `${phases.join(', ')}; within that: ${seen.join(', ')}; then ${text('a first join', joins)}`;
}
