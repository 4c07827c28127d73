import { cp, rm } from 'node:fs/promises';
import { shapesOf } from './shapes.mjs';

const chainOf = { quick: 'chain:100000', full: 'chain:1000000', large: 'chain:5000000' };

/**
 * Every workload killed in its last step and gone on with in a fresh process or page, over and over from a copy of what the
 * killed one left. The floor brings the bare files of the same tables in, does the step and stores its table.
 */
export const resume = {
  name: 'resume',
  title: 'resuming after a kill in the last step, in a fresh process and page',
  budgetMs: { quick: 1, full: 20_000, large: 60_000 },
  async measure({ size, isQuick, runtimes, open, place, chromium, compare }) {
    const workloads = [chainOf[size], 'flights', ...shapesOf[size]];
    const prepare = { node: inNode, chromium: inChromium };
    const resuming = (lane, place, folder = place) => ({
      async pass() {
        const { bytes: _, ...told } = await lane.call('resume', place);
        return told;
      },
      async close() {
        await lane.close();
        await rm(folder, { recursive: true, force: true });
      },
    });
    for (const workload of isQuick ? workloads.slice(0, 1) : workloads) {
      for (const runtime of runtimes) {
        const lanes = {};
        for (const name of ['naive', 'cairn']) lanes[name] = await prepare[runtime](name, workload);
        await compare(`${workload}, ${runtime}`, `resume of ${workload.replace(':', ', ')}, ${runtime}`, {
          floor: 'naive',
          isFresh: true,
          contenders: lanes,
        });
      }
    }

    async function inNode(name, workload) {
      const left = place();
      await (await open.node(name, workload)).die('crash', left);
      return async () => {
        const own = place();
        await cp(left, own, { recursive: true });
        return resuming(await open.node(name, workload), own);
      };
    }

    async function inChromium(name, workload) {
      const profile = chromium.newProfile();
      const dying = await open.chromium(name, workload, { profile });
      await dying.die('crash', 'killed');
      await dying.close();
      return async () => {
        const own = await chromium.copyOf(profile);
        return resuming(await open.chromium(name, workload, { profile: own }), 'killed', own);
      };
    }
  },
};
