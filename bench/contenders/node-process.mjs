// A contender in a process of its own, which does what it is told by messages:
// node node-process.mjs <contender> <workload>
import { ownPeak } from '../harness/peak-memory.mjs';
import { openContender } from './index.mjs';
import { nodeHost } from './node-host.mjs';

const [name, text] = process.argv.slice(2);
const native = async (...given) => (await import('../peers/duckdb.mjs')).native(...given);

const opened = openContender(name, text, nodeHost, { native });
const methods = { remove: nodeHost.remove, open: () => opened.then(() => undefined) };

async function answer({ id, method, given }) {
  try {
    const value = await (methods[method] ? methods[method](...given) : (await opened)[method](...given));
    process.send({ id, value: { ...value, peakMb: await ownPeak() } });
  } catch (error) {
    process.send({ id, error: error instanceof Error ? error.message : String(error) });
  }
}

process.on('message', (message) => void answer(message));
// A driver that ends without a word takes its contenders with it.
process.on('disconnect', () => process.exit());
