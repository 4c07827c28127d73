/** The round constants: the fractions of the cube roots of the first 64 primes. */
const rounds = Int32Array.from(primes(64), (prime) => fraction(Math.cbrt(prime)));
/** The first state: the fractions of the square roots of the first eight primes. */
const initial = Int32Array.from(primes(8), (prime) => fraction(Math.sqrt(prime)));

function primes(count: number): number[] {
  const found: number[] = [];
  for (let candidate = 2; found.length < count; candidate += 1) {
    if (found.every((prime) => candidate % prime !== 0)) found.push(candidate);
  }
  return found;
}

function fraction(root: number): number {
  return Math.floor((root % 1) * 2 ** 32) | 0;
}

const blockBytes = 64;

/** Few enough that hashing them takes no longer than a millisecond or two. */
const pieceBytes = 256 * 1024;

/** Bytes in lower-case hex. */
export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** SHA-256 of bytes that come in pieces, which the platform's `crypto.subtle` cannot do. */
export class Sha256 {
  readonly #state = initial.slice();
  readonly #words = new Int32Array(64);
  readonly #rest = new Uint8Array(blockBytes);
  #length = 0;

  update(bytes: Uint8Array): void {
    let at = 0;
    const waiting = this.#length % blockBytes;
    this.#length += bytes.length;
    if (waiting > 0) {
      at = Math.min(blockBytes - waiting, bytes.length);
      this.#rest.set(bytes.subarray(0, at), waiting);
      if (waiting + at < blockBytes) return;
      this.#block(this.#rest, 0);
    }
    for (; at + blockBytes <= bytes.length; at += blockBytes) this.#block(bytes, at);
    this.#rest.set(bytes.subarray(at));
  }

  /** The same in small pieces, between which others can have their turn. */
  async updateInTurns(bytes: Uint8Array, pace: () => Promise<void> | undefined): Promise<void> {
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      this.update(bytes.subarray(at, at + pieceBytes));
      const pausing = pace();
      if (pausing !== undefined) await pausing;
    }
  }

  /** The hash in lower-case hex; nothing can be added after it. */
  digest(): string {
    const length = this.#length;
    const padding = new Uint8Array(paddingOf(length));
    padding[0] = 0x80;
    const view = new DataView(padding.buffer);
    view.setUint32(padding.length - 8, Math.floor(length / 2 ** 29));
    view.setUint32(padding.length - 4, (length * 8) % 2 ** 32);
    this.update(padding);
    const hash = new DataView(new ArrayBuffer(32));
    this.#state.forEach((word, index) => {
      hash.setInt32(index * 4, word);
    });
    return hexOf(new Uint8Array(hash.buffer));
  }

  #block(bytes: Uint8Array, start: number): void {
    const words = this.#words;
    for (let index = 0, at = start; index < 16; index += 1, at += 4) {
      words[index] =
        ((bytes[at] as number) << 24) |
        ((bytes[at + 1] as number) << 16) |
        ((bytes[at + 2] as number) << 8) |
        (bytes[at + 3] as number);
    }
    for (let index = 16; index < 64; index += 1) {
      const x = words[index - 15] as number;
      const y = words[index - 2] as number;
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      words[index] = ((words[index - 16] as number) + s0 + (words[index - 7] as number) + s1) | 0;
    }
    const state = this.#state;
    let a = state[0] as number;
    let b = state[1] as number;
    let c = state[2] as number;
    let d = state[3] as number;
    let e = state[4] as number;
    let f = state[5] as number;
    let g = state[6] as number;
    let h = state[7] as number;
    for (let index = 0; index < 64; index += 1) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const one = (h + s1 + ((e & f) ^ (~e & g)) + (rounds[index] as number) + (words[index] as number)) | 0;
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const two = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + one) | 0;
      d = c;
      c = b;
      b = a;
      a = (one + two) | 0;
    }
    state[0] = ((state[0] as number) + a) | 0;
    state[1] = ((state[1] as number) + b) | 0;
    state[2] = ((state[2] as number) + c) | 0;
    state[3] = ((state[3] as number) + d) | 0;
    state[4] = ((state[4] as number) + e) | 0;
    state[5] = ((state[5] as number) + f) | 0;
    state[6] = ((state[6] as number) + g) | 0;
    state[7] = ((state[7] as number) + h) | 0;
  }
}

/** A one bit, zeros, and the length in eight bytes, up to the end of a block. */
function paddingOf(length: number): number {
  return blockBytes - ((length + 8) % blockBytes) + 8;
}
