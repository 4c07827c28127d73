import { exported, expectSameParts, statement, table } from './engine-fixtures.ts';
import type { EngineTests } from './engine-suite.ts';
import { expectEqual } from './expectation.ts';

/** What an engine does with memory that is given back. */
export function engineMemoryTests({ test, shared }: EngineTests): void {
  test('exports the same parts in memory that was given back', async () => {
    const engine = await shared();
    const given = table('given_back');
    await engine.createTable(given, statement('select i, md5(i::VARCHAR) as h from range(900000) r(i)'));
    const expected = await exported(engine, given);
    for (const pass of ['first', 'second']) {
      let at = 0;
      for await (const part of engine.exportParts(given, { lend: true })) {
        expectSameParts([part], expected.slice(at, at + 1), `the ${pass} pass`);
        part.release?.(part.bytes.fill(255));
        at += 1;
      }
      expectEqual(at, expected.length, `parts of the ${pass} pass`);
    }
  });
}
