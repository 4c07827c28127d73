import { createNodeEngine } from '@cairn/node';
import { live } from './lives.js';
import type { Death } from './mortal-store.js';

// A process that runs the reference pipeline and kills itself: folder, operation, when.
const [folder = '', at, when] = process.argv.slice(2);
const engine = createNodeEngine();
await live(engine, folder, { at: Number(at), when: when as Death['when'] }, 1, () =>
  process.kill(process.pid, 'SIGKILL'),
);
await engine.close();
