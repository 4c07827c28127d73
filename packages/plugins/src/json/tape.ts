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
export interface WritableTape extends Tape {
  kinds: Uint8Array;
  starts: Int32Array;
  ends: Int32Array;
  nexts: Int32Array;
  length: number;
}

export function createTape(): WritableTape {
  return {
    kinds: new Uint8Array(1024),
    starts: new Int32Array(1024),
    ends: new Int32Array(1024),
    nexts: new Int32Array(1024),
    length: 0,
  };
}

/** Adds a node and gives its number; -1 when there is no room for it. */
export function addNode(tape: WritableTape, kind: number, start: number, end: number): number {
  const index = tape.length;
  if (index === tape.kinds.length) {
    if (index >= mostNodes) return -1;
    grow(tape);
  }
  tape.kinds[index] = kind;
  tape.starts[index] = start;
  tape.ends[index] = end;
  tape.nexts[index] = index + 1;
  tape.length = index + 1;
  return index;
}

function grow(tape: WritableTape): void {
  const more = <Kind extends Int32Array | Uint8Array>(larger: Kind, from: Kind): Kind => {
    larger.set(from);
    return larger;
  };
  const size = tape.kinds.length * 2;
  tape.kinds = more(new Uint8Array(size), tape.kinds);
  tape.starts = more(new Int32Array(size), tape.starts);
  tape.ends = more(new Int32Array(size), tape.ends);
  tape.nexts = more(new Int32Array(size), tape.nexts);
}
