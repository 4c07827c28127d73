/** Something that may be meant by what is being written. */
export interface Suggestion {
  readonly label: string;
  readonly kind: 'step' | 'column' | 'param' | 'function' | 'keyword' | 'type' | 'key' | 'value';
  /** Beside it: the type of a column, the arguments of a function. */
  readonly detail?: string | undefined;
  /** More about it, in words. */
  readonly info?: string | undefined;
  /** What is written instead of the label. */
  readonly insert?: string | undefined;
  /** What counts more stands first. */
  readonly boost?: number;
}

/** What may be meant at a place, and from where on it replaces what is there. */
export interface Suggestions {
  readonly from: number;
  readonly options: readonly Suggestion[];
}

/** A column, as far as suggestions say something of it. */
export interface KnownColumn {
  readonly name: string;
  readonly type: string;
}

/** A function of the engine. */
export interface KnownFunction {
  readonly name: string;
  readonly arguments?: string | undefined;
  readonly description?: string | undefined;
}

/** What is known of a pipeline when something is completed in it. */
export interface Known {
  /** Names of steps with tables, in the order of listing. */
  readonly steps: readonly string[];
  readonly processes: readonly string[];
  readonly params: readonly string[];
  /** By step. */
  readonly columns: ReadonlyMap<string, readonly KnownColumn[]>;
  readonly functions: readonly KnownFunction[];
}
