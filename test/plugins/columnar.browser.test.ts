import { expect, test, vi } from 'vitest';
import { sameHashes, sameRows, writeAll } from './same-files.ts';

test('a page writes and reads the files that every runtime does, and its workers end', async () => {
  const count = { begun: 0, ended: 0 };
  vi.stubGlobal(
    'Worker',
    class extends Worker {
      constructor(...given: ConstructorParameters<typeof Worker>) {
        super(...given);
        count.begun += 1;
      }
      override terminate(): void {
        count.ended += 1;
        super.terminate();
      }
    },
  );
  try {
    expect(await writeAll()).toEqual({ hashes: sameHashes, read: sameRows });
    // Two files are written and read.
    expect(count).toEqual({ begun: 4, ended: 4 });
  } finally {
    vi.unstubAllGlobals();
  }
});
