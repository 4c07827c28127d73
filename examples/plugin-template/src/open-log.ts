import { pathNotSupported, type ConnectorContext } from '@cairn/core/plugin';

/** Bytes that are read piece by piece, wherever they are. */
export interface Log {
  readonly size: number;
  read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
  close(): Promise<void>;
}

/** Opens a local file, or a `Blob`: the one thing that differs between Node and a browser. */
export async function openLog(
  { path, file }: { readonly path?: string | undefined; readonly file?: Blob | undefined },
  files: ConnectorContext['files'],
): Promise<Log> {
  if (file !== undefined) {
    return {
      size: file.size,
      read: async (offset, length) => new Uint8Array(await file.slice(offset, offset + length).arrayBuffer()),
      close: () => Promise.resolve(),
    };
  }
  if (files === undefined) throw pathNotSupported(String(path));
  const reader = await files.open(String(path));
  const { size } = await reader.stat();
  return {
    size,
    read: async (offset, length) => new Uint8Array(await reader.read(offset, length)),
    close: () => reader.close(),
  };
}
