import type { Text } from '../text/text.ts';
import { windowOf } from '../text/window.ts';
import { createRowReader } from './row-reader.ts';
import type { JsonForm, RowReader } from './rows.ts';

/** Bytes of a text, and what reads rows out of them. */
export interface RowWindow {
  readonly bytes: Uint8Array;
  /** How many bytes of the text are before these. */
  readonly start: number;
  readonly form: JsonForm;
  readonly reader: RowReader;
}

/** The rows of a text, a window after the other: all rows of one are read before the next is taken. */
export async function* overRows(
  text: Text,
  formOf: (first: number | undefined) => JsonForm,
): AsyncGenerator<RowWindow> {
  const window = windowOf(text.chunks());
  try {
    let form: JsonForm | undefined;
    let reader: RowReader | undefined;
    for (let done = 0; ; done = reader?.at ?? 0) {
      await window.advance(done);
      const { bytes, last, start } = window;
      if (reader === undefined || form === undefined) {
        const first = bytes.find((byte) => byte !== 0x20 && (byte < 0x09 || byte > 0x0d));
        if (first === undefined && !last) continue;
        form = formOf(first);
        reader = createRowReader(form);
      }
      reader.look(bytes, last);
      yield { bytes, start, form, reader };
      if (last) return;
    }
  } finally {
    await window.close();
  }
}

/** What a text begins with decides how rows stand in it, unless that is said. */
export function formOf(
  { format, pointer }: { readonly format: 'array' | 'lines' | 'auto'; readonly pointer: readonly string[] },
  first: number | undefined,
): JsonForm {
  if (format !== 'auto') return { format, pointer };
  return { format: pointer.length > 0 || first === 0x5b ? 'array' : 'lines', pointer };
}
