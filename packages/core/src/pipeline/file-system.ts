/** What identifies a file's state without reading it. */
export interface FileStat {
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since the epoch, with fractions where the system has them. */
  readonly mtimeMs: number;
  /** The inode, or whatever tells one file from another of the same path. */
  readonly inode: string;
}

/** A file that is open for reading. It stays the file that it was when another takes its path. */
export interface FileReader {
  /** What the open file is now. */
  stat(): Promise<FileStat>;
  /** The bytes from `offset` on: `length` of them, or fewer where the file ends. @throws CairnError `file_not_readable` */
  read(offset: number, length: number, options?: { readonly signal?: AbortSignal }): Promise<Uint8Array>;
  /** Idempotent. */
  close(): Promise<void>;
}

/** The local files of a host. Connectors go through it, so that they run where there are none and say so. */
export interface FileSystem {
  /** The absolute path of a path that may be relative to the host's working folder. */
  resolve(path: string): string;
  /** Undefined when nothing is there. @throws CairnError `file_not_readable` for a folder and for refused access */
  stat(path: string): Promise<FileStat | undefined>;
  /** Opens a file, to be read in parts. @throws CairnError `file_not_found`, `file_not_readable` */
  open(path: string, options?: { readonly signal?: AbortSignal }): Promise<FileReader>;
  /** The whole file. @throws CairnError `file_not_found`, `file_not_readable` */
  read(path: string, options?: { readonly signal?: AbortSignal }): Promise<Uint8Array>;
  /** The SHA-256 of the file in lower-case hex, read in pieces. @throws CairnError `file_not_found`, `file_not_readable` */
  hash(path: string, options?: { readonly signal?: AbortSignal }): Promise<string>;
  /**
   * Writes a new file durably (fsync), making its folder when it is missing; overwrites what stood there.
   * Resolves to its size and SHA-256. A failed or aborted write leaves no file.
   *
   * @throws CairnError `file_not_readable` when it cannot be written
   */
  write(
    path: string,
    chunks: AsyncIterable<Uint8Array>,
    options?: { readonly signal?: AbortSignal },
  ): Promise<{ readonly size: number; readonly sha256: string }>;
  /** Replaces `to` by `from` atomically, and makes it durable. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file; no error when it is not there. */
  remove(path: string): Promise<void>;
}
