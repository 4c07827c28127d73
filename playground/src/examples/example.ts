/** Where data of an example comes from. */
export interface Credit {
  readonly title: string;
  readonly source: string;
  readonly url: string;
  readonly license: string;
}

/** What the gallery shows of an example; its text is loaded when it is opened. */
export interface Example {
  readonly id: string;
  readonly title: string;
  /** What it works out, in a sentence. */
  readonly description: string;
  /** What it shows of Cairn. */
  readonly shows: readonly string[];
  /** Rows of its sources. */
  readonly rows: number;
  /** Bytes of its files. */
  readonly bytes: number;
  /** The steps, and which others each reads. */
  readonly flow: Readonly<Record<string, readonly string[]>>;
  readonly credits: readonly Credit[];
}
