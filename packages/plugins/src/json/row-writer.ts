import type { ByteWriter } from '../text/byte-writer.ts';
import type { JsonColumn } from './scan-json.ts';
import { isSame } from './shape.ts';
import { node, type Tape } from './tape.ts';
import { decodeText } from './texts.ts';
import { createValueWriter } from './write-values.ts';

/** Writes rows as lines of the CSV that the engine reads them from. */
export interface RowWriter {
  write(bytes: Uint8Array, tape: Tape): void;
}

export function createRowWriter(out: ByteWriter, columns: readonly JsonColumn[]): RowWriter {
  const source: { bytes: Uint8Array; tape: Tape } = {
    bytes: new Uint8Array(0),
    tape: {
      kinds: new Uint8Array(0),
      starts: new Int32Array(0),
      ends: new Int32Array(0),
      nexts: new Int32Array(0),
      length: 0,
    },
  };
  const values = createValueWriter(out, source);
  const encoder = new TextEncoder();
  const keys = columns.map(({ key }) => encoder.encode(key));
  const byKey = new Map(columns.map(({ key }, index) => [key, index]));
  const places = new Int32Array(columns.length);

  const find = (): void => {
    const { bytes, tape } = source;
    places.fill(0);
    const end = tape.nexts[0] as number;
    let expected = 0;
    for (let at = 1; at < end; at = tape.nexts[at + 1] as number) {
      const guess = keys[expected];
      const fits =
        guess !== undefined &&
        tape.kinds[at] === node.text &&
        isSame(guess, bytes, tape.starts[at] as number, tape.ends[at] as number);
      if (!fits) expected = byKey.get(decodeText(bytes, tape, at)) as number;
      places[expected] = at + 1;
      expected += 1;
    }
  };

  return {
    write: (bytes, tape) => {
      [source.bytes, source.tape] = [bytes, tape];
      find();
      for (let index = 0; index < columns.length; index += 1) {
        if (index > 0) out.byte(0x2c);
        const place = places[index] as number;
        if (place === 0) continue;
        const { written, shape } = columns[index] as JsonColumn;
        if (written === 'nested') values.nested(place, shape);
        else values[written](place);
      }
      out.byte(0x0a);
    },
  };
}
