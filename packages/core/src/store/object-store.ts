/** An object as `list` shows it. */
export interface StoredObject {
  readonly key: string;
  /** Bytes that it takes: what stands below `objects/` may be stored in fewer than it has. */
  readonly size: number;
  readonly modifiedAt: Date;
}

export interface PutOptions {
  /**
   * Write only when nothing is there; when something is, `put` resolves to false, and the time that it was modified at is
   * now, as `touch` makes it.
   *
   * @default false
   */
  readonly ifAbsent?: boolean;
  /** Survive what the store can survive (fs: power loss), not only the death of the process. @default false */
  readonly sync?: boolean;
  /** The lease under which to write. */
  readonly lease?: Lease;
  /**
   * Nobody changes the bytes until `put` has settled: so the store may read them where they are, without a copy of its own.
   *
   * @default false
   */
  readonly borrow?: boolean;
}

export interface AppendOptions {
  /** See {@link PutOptions.sync}. @default false */
  readonly sync?: boolean;
  readonly lease?: Lease;
  /** The log then holds this record and no other, atomically: how a log is compacted. @default false */
  readonly replace?: boolean;
}

export interface DeleteOptions {
  readonly lease?: Lease;
  /**
   * Remove it only while this is when it was modified, as `list` tells it: what was put or touched since stays. Atomic, so
   * that of a `touch` and such a `delete` one finds out about the other.
   */
  readonly modifiedAt?: Date;
}

export interface AcquireOptions {
  /** How long to wait for the holder, in milliseconds; Infinity waits for ever. @default 0 */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Take it away from a holder that lives: what that one still does is refused with `lease_lost`. @default false */
  readonly force?: boolean;
}

/** Who holds a lease, as told to whoever finds it taken. */
export interface LeaseHolder {
  /** Readable: host and process in Node, tab in a browser. */
  readonly name: string;
  readonly since: Date;
}

/** What is known of a lease that was taken and not given back. */
export interface LeaseInfo extends LeaseHolder {
  readonly generation: number;
  /**
   * `live`: its holder is at work. `stale`: its holder has died, and whoever acquires the lease gets it. `unknown`: the
   * holder cannot be asked from here.
   */
  readonly state: 'live' | 'stale' | 'unknown';
}

/** The exclusive right to write below a prefix. */
export interface Lease {
  readonly prefix: string;
  /** Grows with every holder. */
  readonly generation: number;
  /** Aborted when the lease is lost. */
  readonly signal: AbortSignal;
  /** Gives the lease back; idempotent. */
  release(): Promise<void>;
}

/** How {@link HashedObjects.put} writes. */
export interface PutObjectOptions {
  /** Replace what is there, which turned out to be damaged. @default false */
  readonly overwrite?: boolean | undefined;
  /** See {@link PutOptions.sync}. @default false */
  readonly sync?: boolean;
  /** Whoever puts it has nothing else to do meanwhile, so that the work on it may take one more processor. @default false */
  readonly isAwaited?: boolean | undefined;
  /**
   * Called once the bytes are not read any more, which may be before they are stored; also when they cannot be. `memory` are
   * the bytes, where they went to another thread and have come back.
   */
  readonly release?: ((memory?: Uint8Array) => void) | undefined;
}

/** An object on its way to a store. */
export interface ObjectBeingPut {
  /** The SHA-256 of its bytes in lower-case hex, as soon as it is known. */
  readonly sha256: Promise<string>;
  /** Resolves once it is there, as `put` does. */
  readonly stored: Promise<boolean>;
}

/** An object that was read. */
export interface HashedObject {
  readonly bytes: Uint8Array;
  /** The SHA-256 of these bytes in lower-case hex. */
  readonly sha256: string;
}

/**
 * The objects of a store, each at the key `objects/<sha256>`, hashed by the store: in another thread where they are large.
 * `get` and `put` give and take the same.
 */
export interface HashedObjects {
  /**
   * Says that large objects may soon be put, so that what takes time to start is started: some of it, for it is said again and again.
   *
   * @default nothing does
   */
  warm?(): void;
  /**
   * Hashes bytes and stores them under their hash; when they are there already, makes now the time that they were
   * modified at. The bytes are the store's from here on, until it releases them: their memory may go to another thread.
   * It may also be memory that threads share.
   */
  put(bytes: Uint8Array, options?: PutObjectOptions): ObjectBeingPut;
  /** What is stored under a hash, with the hash that it really has; undefined when nothing is there. */
  get(sha256: string): Promise<HashedObject | undefined>;
  /** How many bytes `get` would give, found out without reading them; undefined for nothing and for what is cut short. */
  lengthOf(sha256: string): Promise<number | undefined>;
}

/**
 * Where keys and bytes live: the one seam for everything durable. Keys are `/`-separated segments, checked by
 * `checkKey`. Held by `storeSuite` of `@cairn/core/testing`.
 */
export interface ObjectStore {
  readonly name: string;
  readonly supports: {
    /** What was written is there after the process has ended. */
    readonly durable: boolean;
    readonly sharedAcrossProcesses: boolean;
    /** A write under a lost lease is refused atomically. */
    readonly fenced: boolean;
  };
  /** Left out by a store that does nothing for objects, and by one that only passes calls on. */
  readonly objects?: HashedObjects;
  /** The whole value, or undefined when nothing is there. @throws CairnError `invalid_id`, `store_failed` */
  get(key: string): Promise<Uint8Array | undefined>;
  /** Atomic: a reader sees the old value or the new one. Resolves to false when `ifAbsent` found something. */
  put(key: string, value: Uint8Array, options?: PutOptions): Promise<boolean>;
  /** Adds one record to the log at a key; framed and checksummed. */
  append(key: string, record: Uint8Array, options?: AppendOptions): Promise<void>;
  /**
   * The log's whole records in order; a torn last one is not there, and no log gives none.
   *
   * @throws CairnError `journal_damaged` when a record before the last is damaged
   */
  log(key: string): AsyncIterable<Uint8Array>;
  /**
   * Removes a value or a log; no error when nothing is there. Resolves to false when it stays, since it was modified at
   * another time than the given one.
   */
  delete(key: string, options?: DeleteOptions): Promise<boolean>;
  /** Makes now the time that a value was modified at: it is in use. Resolves to false when nothing is there. */
  touch(key: string): Promise<boolean>;
  /** What is stored below a prefix (or at exactly that key), values and logs, ordered by key. */
  list(prefix: string): AsyncIterable<StoredObject>;
  /** @throws CairnError `task_bound`, telling the holder, when it is held and the time is over */
  acquire(prefix: string, options?: AcquireOptions): Promise<Lease>;
  /** Who holds the lease on a prefix; undefined when nobody has taken it since it was given back. */
  leaseInfo(prefix: string): Promise<LeaseInfo | undefined>;
  /** @throws CairnError `already_closed` from every later call */
  close(): Promise<void>;
}
