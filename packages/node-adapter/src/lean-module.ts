import { readFileSync } from 'node:fs';
import { vectorImports, type DuckDbModule } from '@cairn/core/duckdb-thread';

/*
 * DuckDB-WASM exports 75,011 functions and globals, so that extensions can be linked to them. Its script enters each in
 * several tables by name, which is most of the time of a start, and reads 58. An engine that loads no extension does
 * without the others: they are taken out of the module before it is compiled.
 *
 * The binary format is that of https://webassembly.github.io/spec/core/binary/modules.html
 */

const customSection = 0;
const exportSection = 7;
const headerBytes = 8;
/** A section without content, whose length takes five bytes; and the length of its name, which is empty. */
const leastFiller = 7;

/** The names of the exports that a script made by Emscripten reads; undefined when it may read others too. */
export function exportsReadBy(script: string): Set<string> | undefined {
  const names = new Set(Array.from(script.matchAll(/\bwasmExports\.([\w$]+)/g), ([, name]) => name ?? ''));
  const isComplete = names.has('__wasm_call_ctors') && !script.includes('wasmExports[');
  return isComplete ? names : undefined;
}

/** A number as LEB128 writes it, seven bits a byte, in five bytes where `isWide`. */
function numberBytes(value: number, isWide = false): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    const isLast = isWide ? bytes.length === 4 : rest < 128;
    bytes.push(isLast ? rest : (rest & 127) | 128);
    if (isLast) return bytes;
  }
}

/**
 * Takes all exports but the named ones out of a module, in place: a custom section, which nobody reads, fills the room.
 *
 * @returns whether that was done; if not, for it lacks one of the names or is no such module, it is as it was
 */
export function keepExports(module: Buffer, names: ReadonlySet<string>): boolean {
  // Most names are not even made into a string.
  const mark = (length: number, second: number): number => length * 256 + second;
  const marks = new Set(Array.from(names, (name) => mark(name.length, name.charCodeAt(1))));
  let at = headerBytes;
  const readNumber = (): number => {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = module.readUInt8(at++);
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
    throw new RangeError('not a number of WebAssembly');
  };

  try {
    for (;;) {
      const start = at;
      const section = module.readUInt8(at++);
      const size = readNumber();
      const end = at + size;
      if (section !== exportSection) {
        at = end;
        continue;
      }
      const kept: Buffer[] = [];
      for (let left = readNumber(); left > 0; left -= 1) {
        const begun = at;
        const length = readNumber();
        const name = at;
        at += length + 1;
        readNumber();
        if (!marks.has(mark(length, module.readUInt8(name + 1)))) continue;
        if (names.has(module.toString('latin1', name, name + length))) kept.push(module.subarray(begun, at));
      }
      const content = Buffer.concat([Buffer.from(numberBytes(kept.length)), ...kept]);
      const lean = Buffer.concat([Buffer.from([exportSection, ...numberBytes(content.length)]), content]);
      const filler = end - start - lean.length;
      if (at !== end || kept.length !== names.size || filler < leastFiller) return false;
      lean.copy(module, start);
      const filling = [customSection, ...numberBytes(filler - leastFiller + 1, true), 0];
      module.set(filling, start + lean.length);
      return true;
    }
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/**
 * Begins to compile DuckDB's module without the exports that its script does not read; undefined when it is not as this
 * takes it to be, and then it is compiled the ordinary way.
 */
export function compileLean(moduleFile: string, scriptFile: string): Promise<WebAssembly.Module> | undefined {
  const names = exportsReadBy(readFileSync(scriptFile, 'latin1'));
  const module = readFileSync(moduleFile);
  if (!names) return undefined;
  if (!keepExports(module, new Set([...names, ...vectorImports])) && !keepExports(module, names))
    return undefined;
  const compiled = WebAssembly.compile(module);
  compiled.catch(() => undefined);
  return compiled;
}

/** Lets a script instantiate a compiled module in place of the one whose bytes it gives, once. */
export async function instantiateAs(
  module: Promise<WebAssembly.Module>,
  start: () => Promise<unknown>,
): Promise<DuckDbModule | undefined> {
  const { instantiate } = WebAssembly;
  let made: DuckDbModule | undefined;
  const failed = new Promise<never>((_, reject) => {
    const instead = async (_bytes: Uint8Array, imports: object): Promise<WebAssembly.Instantiated> => {
      WebAssembly.instantiate = instantiate;
      try {
        const compiled = await module;
        const instance = await instantiate(compiled, imports);
        const { memory, __indirect_function_table: table } = (
          imports as { readonly env: Record<string, unknown> }
        ).env;
        made = {
          memory,
          table,
          exports: (instance as { readonly exports: unknown }).exports,
        } as DuckDbModule;
        return { module: compiled, instance };
      } catch (error) {
        reject(error);
        throw error;
      }
    };
    WebAssembly.instantiate = instead as typeof instantiate;
  });
  try {
    await Promise.race([start(), failed]);
    return made;
  } finally {
    WebAssembly.instantiate = instantiate;
  }
}
