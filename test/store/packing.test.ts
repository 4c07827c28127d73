import { askPacking, loadPacker, packObject, unpackedLength, unpackObject } from '@cairn/core/store';
import { inflateRawSync } from 'node:zlib';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';

const packer = await loadPacker();
const unpack = (object: Uint8Array): Uint8Array => unpackObject(object, packer, 'objects/x');
const same = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0;

/** Bytes with runs, repeated pieces, columns of numbers and noise, in every mixture. */
const piece = fc.oneof(
  fc
    .tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 1, max: 9000 }))
    .map(([byte, length]) => new Uint8Array(length).fill(byte)),
  fc
    .tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 400 }))
    .map(([bytes, times]) =>
      Uint8Array.from({ length: bytes.length * times }, (_, at) => bytes[at % bytes.length] ?? 0),
    ),
  fc
    .tuple(fc.integer({ min: -1000, max: 1000 }), fc.integer({ min: 1, max: 3000 }))
    .map(
      ([step, count]) =>
        new Uint8Array(BigInt64Array.from({ length: count }, (_, at) => BigInt(at * step)).buffer),
    ),
  fc
    .tuple(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), fc.integer({ min: 1, max: 2000 }))
    .map(
      ([factor, count]) =>
        new Uint8Array(Float64Array.from({ length: count }, (_, at) => at * factor).buffer),
    ),
  fc.uint8Array({ minLength: 1, maxLength: 9000 }),
);
const object = fc
  .array(piece, { minLength: 1, maxLength: 8 })
  .map((pieces) => new Uint8Array(Buffer.concat(pieces)));

test('whatever is packed comes back', () => {
  fc.assert(
    fc.property(object, (bytes) => {
      const packed = packObject(bytes, packer);
      expect(packed.length).toBeLessThanOrEqual(bytes.length);
      expect(unpackedLength(packed.subarray(0, 20), packed.length)).toBe(bytes.length);
      expect(same(unpack(packed), bytes)).toBe(true);
    }),
    { numRuns: 400 },
  );
});

/** Of several pieces: columns, noise, columns, and a rest of each kind. */
const noise = (length: number, seed: number): Uint8Array => {
  let state = seed;
  return Uint8Array.from({ length }, () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 24);
};
const columnsOf = (count: number): Uint8Array =>
  new Uint8Array(BigInt64Array.from({ length: count }, (_, at) => BigInt(at * 7)).buffer);
const inPieces = ['noise', 'columns'].map((rest) => ({
  rest,
  bytes: new Uint8Array(
    Buffer.concat([
      columnsOf(40_000),
      noise(300_000, 1),
      columnsOf(100_000),
      rest === 'noise' ? noise(5001, 2) : columnsOf(900),
    ]),
  ),
}));

test.each(inPieces)('a large object is packed piece by piece, and ends with $rest', ({ bytes }) => {
  const packed = packObject(bytes, packer);
  expect(packed.length).toBeLessThan(bytes.length / 2);
  expect(same(unpack(packed), bytes)).toBe(true);
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  expect(same(packObject(shared, packer), packed)).toBe(true);
  // The header, and the lengths of pieces, wherever they are.
  for (let at = 0; at < packed.length; at += at < 40 ? 1 : 3989) {
    const damaged = packed.slice();
    damaged[at] = (damaged[at] ?? 0) ^ 0x81;
    expect(same(unpack(damaged), bytes)).toBe(false);
  }
  for (let eighth = 0; eighth < 8; eighth += 1) {
    const cut = packed.slice(0, Math.floor((packed.length * eighth) / 8));
    expect(same(unpack(cut), bytes)).toBe(false);
  }
  expect(same(unpack(packed), bytes)).toBe(true);
});

test('columns become less than a third, and noise stays as it is', () => {
  const columns = columnsOf(100_000);
  expect(packObject(columns, packer).length).toBeLessThan(columns.length / 3);
  const small = crypto.getRandomValues(new Uint8Array(60_000));
  expect(packObject(small, packer)).toBe(small);
  const large = new Uint8Array(
    Buffer.concat(Array.from({ length: 20 }, () => crypto.getRandomValues(new Uint8Array(60_000)))),
  );
  expect(packObject(large, packer)).toBe(large);
});

test('what was packed once can be read for ever', () => {
  // 1,100 numbers of eight bytes, of which 1,024 are two whole blocks.
  const bytes = new Uint8Array(BigInt64Array.from({ length: 1100 }, (_, at) => BigInt(at >> 3)).buffer);
  const packed = [
    'xBpyAwEAAABgIgAAfQIAAO2NElYzAQEAAQATAQEAEwIBABMDAQATBAEAEwUBABMGAQATBwEAEwgBABMJAQATCgEAEwsBABMM',
    'AQATDQEAEw4BABMPAQATEAEAExEBABMSAQATEwEAExQBABMVAQATFgEAExcBABMYAQATGQEAExoBABMbAQATHAEAEx0BABMe',
    'AQATHwEAEyABABMhAQATIgEAEyMBABMkAQATJQEAEyYBABMnAQATKAEAEykBABMqAQATKwEAEywBABMtAQATLgEAEy8BABMw',
    'AQATMQEAEzIBABMzAQATNAEAEzUBABM2AQATNwEAEzgBABM5AQATOgEAEzsBABM8AQATPQEAEz4BABM/AQAD/wEPAgD/////',
    '////////////8xNAAQATQQEAE0IBABNDAQATRAEAE0UBABNGAQATRwEAE0gBABNJAQATSgEAE0sBABNMAQATTQEAE04BABNP',
    'AQATUAEAE1EBABNSAQATUwEAE1QBABNVAQATVgEAE1cBABNYAQATWQEAE1oBABNbAQATXAEAE10BABNeAQATXwEAE2ABABNh',
    'AQATYgEAE2MBABNkAQATZQEAE2YBABNnAQATaAEAE2kBABNqAQATawEAE2wBABNtAQATbgEAE28BABNwAQATcQEAE3IBABNz',
    'AQATdAEAE3UBABN2AQATdwEAE3gBABN5AQATegEAE3sBABN8AQATfQEAE34BABN/AQAP+Q//////////////////8wMCAB+A',
    'CAAsE4FAAA8IACUTgkAADwgAJRODQAAPCAAlE4RAAA8IACUThUAADwgAJROGQAAPCAAlE4dAAA8IACUTiEAADwgAJROJQAAP',
    'CAAAUAAAAAAA',
  ].join('');
  expect(same(unpack(Buffer.from(packed, 'base64')), bytes)).toBe(true);
});

test('what was packed piece by piece can be read for ever', () => {
  // 33,000 numbers of eight bytes: a piece of 262,144 bytes, and one of 1,856 without a whole block. Deflated to be short here.
  const bytes = new Uint8Array(BigInt64Array.from({ length: 33_000 }, (_, at) => BigInt(at >> 6)).buffer);
  const packed = [
    'ldZlUFRhGMXx915QMRfFxFgTaxXFTuzu7lYM7MRC7O7ubsVuRRS7u1vs7l7n7/pBR5879/LhN8scds7h0/tEeHdx05VSRaK5',
    'q3qeSjlHrPjm46mUXdOUw6405bAFK4evpvOrG7hDFIgK0fgTp+aw6cr5589OuwdxdIgBMSEWxIY4YOPL4ba/v2jTlcPuSRwX',
    '4oEXxIcEkBAS8WV//T/NiYmTgDckhWSQHFKAXWxOSZwKUkMaSAvpwAfSi80ZiDNCJsgMDsgCWcFXbM5GnB38IAfkhFyQG/KI',
    'zXmJ80F+KAAFoRAUBn+xuQhxUSgGxaEElIRSUFpsLkNcFspBeagAFaESVBabqxBXhWpQHWpATagFtcXmOsR1oR7UhwbQEBpB',
    'Y7G5CXFTaAbNoQW0hFYQIDa3Jm4DbaEdBEJ76AAdxeZOxJ2hC3SFbtAdekBPsbkXcRD0hj7QF/pBfwgWmwcQh8BAGASDYQgM',
    'hWFi83DiETASRsFoGANjYZzYPJ54AkyESTAZpsBUmCY2TyeeATNhFsyGOTAX5onN84kXwEJYBIthCSyFZWLzcuIVsBJWwWpY',
    'A2shVGxeR7weNsBG2ASbYQtsFZu3EW+HHbATdsFu2ANhYvNe4nDYB/shAg7AQTgkNh8mPgJH4RgchxNwEk6JzaeJz8BZOAfn',
    '4QJchEti82XiK3AVrsF1uAE34ZbYfJv4DtyFe3AfIuEBPBSbHxE/hifwFJ7Bc3gBL8XmV8Sv4Q28hXfwHj7AR7H5E/Fn+AJf',
    '4Rt8hx/gFJoDXY+08dMc5nqaQ23+7oF/twdZeaFD+U9tIX+OCPo1wfRDHef3juB/d1h4r8Udpp9tgx0WXm9xh+lH3GCHhbdc',
    '3GH6STfYYeFlF3eYfuANdlh458Udpp97gx0WXn1xh+nH32CHhRtA3GH6FDDYYeEiEHeYPgwMdli4D8Qdps8Egx0WrgVxh+mj',
    'wWCHhdtB3GH6hDDYYeGSEHeYPigMdli4K8Qdps8Lgx0Wrgxxh+ljw2CHhZtD2BFQRfHjUEr5KV1pyuahnJFe2ieNDw+8dKW7',
    'Pri5PqRy/f1P',
  ].join('');
  expect(same(unpack(inflateRawSync(Buffer.from(packed, 'base64'))), bytes)).toBe(true);
});

test('an object that begins like a packed one stays itself', () => {
  const packed = packObject(new Uint8Array(10_000), packer);
  for (const bytes of [packed, packed.subarray(0, 4), packed.subarray(0, 20)]) {
    const twice = packObject(bytes, packer);
    expect(same(unpack(twice), bytes)).toBe(true);
    expect(unpackedLength(twice.subarray(0, 20), twice.length)).toBe(bytes.length);
  }
});

test('a damaged object is given as it is, or as something else, and never breaks anything', () => {
  fc.assert(
    fc.property(
      object,
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      fc.boolean(),
      (bytes, where, flip, cut) => {
        const packed = packObject(bytes, packer);
        fc.pre(packed !== bytes);
        const damaged = cut ? packed.slice(0, where % packed.length) : packed.slice();
        if (!cut) damaged[where % packed.length] = (damaged[where % packed.length] ?? 0) ^ flip;
        expect(unpack(damaged)).toBeInstanceOf(Uint8Array);
        if (cut && damaged.length >= 4) expect(unpackedLength(damaged, damaged.length)).toBeUndefined();
        // What follows is not disturbed.
        expect(same(unpack(packed), bytes)).toBe(true);
      },
    ),
    { numRuns: 400 },
  );
});

test('an object of a newer codec is refused by name', () => {
  const packed = Buffer.from(packObject(new Uint8Array(10_000), packer));
  packed.writeUInt32LE(7, 4);
  packed.writeUInt32LE(crc32(packed.subarray(0, 16)), 16);
  expect(() => unpack(packed)).toThrow(expect.objectContaining({ code: 'unsupported_format' }));
});

function crc32(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  }
  return (sum ^ 0xffffffff) >>> 0;
}

test('a thread is busy as long as it holds what is to be packed', async () => {
  const busy: boolean[] = [];
  const sent: { readonly id: number; readonly what: string }[] = [];
  const thread = askPacking<Uint8Array>((request) => void sent.push(request), {
    gives: false,
    onBusy: (isBusy) => void busy.push(isBusy),
  });
  const [one, other] = [thread.take(new Uint8Array(1)), thread.take(new Uint8Array(1))];
  for (const { id } of sent.splice(0)) thread.receive({ id, value: 'hash' });
  expect(await Promise.all([one.sha256, other.sha256])).toEqual(['hash', 'hash']);
  expect(busy).toEqual([true]);
  const dropped = other.drop();
  thread.receive({ id: sent.pop()?.id ?? 0, value: undefined });
  await dropped;
  const packed = one.pack();
  expect(busy).toEqual([true]);
  const pack = sent.find(({ what }) => what === 'pack');
  thread.receive({ id: pack?.id ?? 0, value: new Uint8Array(2) });
  expect(await packed).toEqual(new Uint8Array(2));
  expect(busy).toEqual([true, false]);
});
