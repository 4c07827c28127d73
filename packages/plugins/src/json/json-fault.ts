/** What is wrong with JSON, and where. */
export class JsonFault extends Error {
  /** Counted from 1. */
  readonly line: number;
  /** Whether the row is all that is wrong, so that reading can go on behind it. */
  readonly row: boolean;

  constructor(line: number, message: string, row: boolean = false) {
    super(message);
    this.line = line;
    this.row = row;
  }
}
