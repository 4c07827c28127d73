import { createWebRunner } from '@cairn/web';
import { duckDbAssets } from '@cairn/web/assets';
import { flightsPipeline } from './pipeline.ts';
import { onClick, showEvent, showRows, showStatus } from './view.ts';

const correlationId = 'flights-of-this-browser';
const runner = createWebRunner({
  database: 'web-embed',
  assets: duckDbAssets,
});

const allSteps = ['flights', 'late', 'smoothed', 'by_hour', 'ranked', 'advice'] as const;

async function run(force: readonly (typeof allSteps)[number][] = []): Promise<void> {
  try {
    const begun = performance.now();
    const options = { correlationId, force, onEvent: showEvent };
    const result = await runner.run(flightsPipeline, { minDelay: 15 }, options);
    const table = await result.table('advice');
    showRows(table.toArray().map((row) => row.toJSON()));
    const reused = [...result.steps.values()].filter(({ outcome }) => outcome === 'reused').length;
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    showStatus(`Done in ${seconds} s: ${reused} of ${result.steps.size} steps reused`);
  } catch (error) {
    showStatus(error instanceof Error ? error.message : String(error), true);
  }
}

let running = run();

onClick('reload', () => location.reload());
onClick('again', async () => {
  await running;
  running = run(allSteps);
});
