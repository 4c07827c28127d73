/** What a node of a tape is. */
export const node: {
  readonly nothing: 0;
  readonly boolean: 1;
  readonly number: 2;
  readonly text: 3;
  /** A text with escapes in it. */
  readonly escaped: 4;
  readonly object: 5;
  readonly list: 6;
} = { nothing: 0, boolean: 1, number: 2, text: 3, escaped: 4, object: 5, list: 6 };

/** The most nodes of one value, so that what claims little does not take much. */
const mostNodes = 8 * 1024 * 1024;

/**
 * A parsed value: its nodes in the order in which they begin. Behind an object come its keys, each followed by the node of
 * its value; behind a list its items.
 */
export interface Tape {
  readonly kinds: Uint8Array;
  /** Where each node begins and ends in the bytes: texts without their quotes. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** The node behind each and what is in it. */
  readonly nexts: Int32Array;
  readonly length: number;
}

/** A tape that is written to. */
export interface TapeWriter extends Tape {
  /** Begins anew. */
  clear(): void;
  /** Gives the node's number; -1 when there is no room for it. */
  add(kind: number, start: number, end: number): number;
}

export function createTape(): TapeWriter {
  let kinds = new Uint8Array(1024);
  let starts = new Int32Array(1024);
  let ends = new Int32Array(1024);
  let nexts = new Int32Array(1024);
  let length = 0;
  const grow = (): void => {
    const size = kinds.length * 2;
    const more = <Kind extends Int32Array | Uint8Array>(larger: Kind, from: Kind): Kind => {
      larger.set(from);
      return larger;
    };
    kinds = more(new Uint8Array(size), kinds);
    starts = more(new Int32Array(size), starts);
    ends = more(new Int32Array(size), ends);
    nexts = more(new Int32Array(size), nexts);
  };
  return {
    get kinds() {
      return kinds;
    },
    get starts() {
      return starts;
    },
    get ends() {
      return ends;
    },
    get nexts() {
      return nexts;
    },
    get length() {
      return length;
    },
    clear: () => {
      length = 0;
    },
    add: (kind, start, end) => {
      if (length === kinds.length) {
        if (length >= mostNodes) return -1;
        grow();
      }
      kinds[length] = kind;
      starts[length] = start;
      ends[length] = end;
      nexts[length] = length + 1;
      length += 1;
      return length - 1;
    },
  };
}
