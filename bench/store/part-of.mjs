const rows = 2048;
const batches = 128;

/**
 * What a part holds, without its schema: batches of 2,048 rows of an id, a key, a text, an amount and a time, one column
 * after the other, as Arrow lays them out. Another one for each number.
 */
export function partOf(number) {
  const pieces = [];
  for (let batch = 0; batch < batches; batch += 1) {
    const ids = Array.from({ length: rows }, (_, row) => (number * batches + batch) * rows + row);
    const texts = ids.map((id) => `customer number ${String(id % 50_000).padStart(9, '0')}`);
    pieces.push(
      BigInt64Array.from(ids, BigInt),
      BigInt64Array.from(ids, (id) => BigInt((id * 7919) % 1000)),
      Int32Array.from({ length: rows + 2 }, (_, row) => row * 25),
      Buffer.from(texts.join('')),
      Float64Array.from(ids, (id) => ((id * 31) % 100_003) / 7),
      BigInt64Array.from(ids, (id) => BigInt(1_577_836_800 + id) * 1_000_000n),
    );
  }
  return new Uint8Array(
    Buffer.concat(
      pieces.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)),
    ),
  );
}
