// One thread of N durable steps on LangGraph: node langgraph.mjs run|crash|resume <file> <steps> <width> loop|nodes [full]
// `loop` is a node that comes back to itself, the least that LangGraph can be asked for; `nodes` is a graph of N nodes,
// which is what a pipeline of N different steps is. For a width of four, four nodes stand side by side in a superstep.
// `durability: 'sync'` stores every superstep before the next one starts. The SQLite checkpointer leaves `synchronous`
// at better-sqlite3's NORMAL, which in WAL mode flushes nothing to disk when a step is committed, so that a power cut
// takes steps back; `full` makes it flush, as the others do.
import { END, START, StateGraph } from '@langchain/langgraph';
import { SqliteSaver } from '@langchain/langgraph-checkpoint-sqlite';
import { z } from 'zod';

const [mode, file, count, width, shape, synchronous] = process.argv.slice(2);
const lanes = Array.from({ length: Number(width) }, (_, lane) => lane);
const rounds = Math.ceil((Number(count) - 1) / lanes.length);
const total = rounds * lanes.length + 1;
let ran = 0;

const checkpointer = SqliteSaver.fromConnString(file);
checkpointer.setup();
if (synchronous === 'full') checkpointer.db.pragma('synchronous = FULL');

const graph = new StateGraph(z.object({ round: z.number() }));
const work = (lane) => (state) => {
  ran += 1;
  return lane === 0 ? { round: state.round + 1 } : {};
};
graph.addNode('last', () => {
  ran += 1;
  if (mode === 'crash') process.kill(process.pid, 'SIGKILL');
  return {};
});
graph.addEdge('last', END);
if (shape === 'loop') {
  const names = lanes.map((lane) => `lane_${lane}`);
  for (const lane of lanes) graph.addNode(names[lane], work(lane));
  graph.addConditionalEdges(START, () => names);
  graph.addConditionalEdges(names[0], ({ round }) => (round < rounds ? names : 'last'));
} else {
  const name = (round, lane) => `step_${round}_${lane}`;
  for (let round = 0; round < rounds; round += 1) {
    for (const lane of lanes) {
      graph.addNode(name(round, lane), work(lane));
      graph.addEdge(round === 0 ? START : name(round - 1, lane), name(round, lane));
    }
  }
  graph.addEdge(
    lanes.map((lane) => name(rounds - 1, lane)),
    'last',
  );
}

const config = {
  configurable: { thread_id: 'durable-steps' },
  durability: 'sync',
  recursionLimit: total + 10,
};
const begun = performance.now();
const app = graph.compile({ checkpointer });
await app.invoke(mode === 'resume' ? null : { round: 0 }, config);
const ms = performance.now() - begun;
const expected = mode === 'resume' ? 1 : total;
if (ran !== expected) throw new Error(`${ran} steps ran, not ${expected}`);
console.log(JSON.stringify({ ms }));
