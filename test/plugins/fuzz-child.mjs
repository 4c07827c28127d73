// Reads files in a process of its own: `node fuzz-child.mjs <arrow | parquet>`, a JSON list of base64 on standard input. Prints what came of
// each, and the most memory that the process had, as one line of JSON. The engine has memory of its own, and is left out.
import { silentLogger } from '@cairn/core';
import { fromArrow } from '@cairn/plugins/arrow';
import { fromParquet } from '@cairn/plugins/parquet';

const source = process.argv[2] === 'arrow' ? fromArrow : fromParquet;
let text = '';
for await (const piece of process.stdin) text += piece;
const outcomes = [];
for (const file of JSON.parse(text)) {
  const connector = source({ bytes: new Uint8Array(Buffer.from(file, 'base64')) });
  const { location, options } = connector;
  const { signal } = new AbortController();
  const context = { pipeline: 'p', step: 's', runId: 'r', location, options, signal, logger: silentLogger };
  try {
    const { data, close } = await connector.read({
      ...context,
      fileHash: () => '',
      progress: () => undefined,
    });
    try {
      for await (const stream of data.streams) void stream;
    } finally {
      await close?.();
    }
    outcomes.push('a table');
  } catch (error) {
    outcomes.push(error.code ?? String(error.stack));
  }
}
process.stdout.write(JSON.stringify({ outcomes, bytes: process.resourceUsage().maxRSS * 1024 }));
