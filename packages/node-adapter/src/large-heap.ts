interface MemorySize {
  readonly initial: number;
  readonly maximum?: number;
}

/** Node's types lack it. */
const platform = globalThis as unknown as {
  readonly WebAssembly: { Memory: new (size: MemorySize) => object };
};

/** 512 MiB of address space, in pages of 64 KiB: what is not used is not in memory. */
const firstPages = 2 ** 13;

/**
 * Starts DuckDB's module with a heap as large as work on some million rows makes it. It grows by a fifth at a time otherwise,
 * and each time V8 counts the whole of it as allocated anew, and looks for garbage in all that DuckDB's scripts hold: that
 * took as long as the statements of a small run.
 */
export async function withLargeHeap<Started>(start: () => Promise<Started>): Promise<Started> {
  const { WebAssembly } = platform;
  const { Memory } = WebAssembly;
  WebAssembly.Memory = function LargeMemory(size: MemorySize): object {
    try {
      return new Memory({ ...size, initial: Math.max(size.initial, firstPages) });
    } catch {
      // There is no such room: it grows by and by.
      return new Memory(size);
    }
  } as unknown as typeof Memory;
  try {
    return await start();
  } finally {
    WebAssembly.Memory = Memory;
  }
}
