import { invalidArgument } from '@cairn/core/plugin';
import { uniqueNames } from '../text/unique-names.ts';
import type { Text } from '../text/text.ts';
import { JsonFault } from './json-fault.ts';
import { type JsonSettings, pointerSteps } from './json-options.ts';
import { formOf, overRows, type RowWindow } from './over-rows.ts';
import type { JsonForm } from './rows.ts';
import { createLearner, isJsonText, type Shape, typeOfShape } from './shape.ts';

/** A column of the table that a JSON file is. */
export interface JsonColumn {
  readonly key: string;
  readonly name: string;
  readonly type: string;
  /** How its values are written down for the engine. */
  readonly written: 'plain' | 'json' | 'nested';
  /** What is known of nested values whose type was found out. */
  readonly shape: Shape | undefined;
}

/** What a JSON file turned out to hold. */
export interface JsonScan {
  readonly form: JsonForm;
  readonly columns: readonly JsonColumn[];
  /** How many rows are good, and how many lines are not. */
  readonly rows: number;
  readonly bad: number;
}

/** A fault with what stands there. */
export class JsonRowFault extends Error {
  readonly line: number;
  readonly content: string;

  constructor(fault: JsonFault, content: string) {
    super(fault.message, { cause: fault });
    this.line = fault.line;
    this.content = content;
  }
}

/**
 * Reads a JSON file from end to end, and says what types its columns have.
 *
 * @param pause Called after every millisecond or two of work with the bytes done, and awaited; may throw to stop it.
 * @throws JsonRowFault
 */
export async function scanJson(
  text: Text,
  settings: JsonSettings,
  pause: (done: number) => Promise<void> | undefined,
): Promise<JsonScan> {
  const pointer = pointerSteps(settings.pointer);
  const learner = createLearner();
  let [rows, bad] = [0, 0];
  let form: JsonForm = { format: 'lines', pointer };
  const windows = overRows(text, (first) => formOf({ format: settings.format, pointer }, first));
  for await (const window of windows) {
    const { bytes, reader, start } = window;
    ({ form } = window);
    const collect = settings.badRows === 'collect';
    if (collect && form.format === 'array') {
      throw invalidArgument('fromJson.badRows', "'collect' is for lines, and the file is an array");
    }
    for (;;) {
      try {
        if (!reader.next()) break;
        learner.learn(bytes, reader.tape, reader.rowLine);
        rows += 1;
      } catch (error) {
        if (!(error instanceof JsonFault)) throw error;
        if (!collect || !error.row) throw new JsonRowFault(error, contentOf(window));
        bad += 1;
      }
    }
    const pausing = pause(start + reader.at);
    if (pausing !== undefined) await pausing;
  }
  return { form, rows, bad, columns: columnsOf(learner.root, settings.columns) };
}

/** What stands where something is wrong. */
export function contentOf({ bytes, form, reader }: RowWindow): string {
  const [start, end] = form.format === 'lines' ? [reader.rowStart, reader.rowEnd] : [reader.at, bytes.length];
  const text = new TextDecoder().decode(bytes.subarray(start, Math.min(end, start + 800)));
  return form.format === 'lines' ? text : text.trimStart().slice(0, 60);
}

function columnsOf(root: Shape, stated: Readonly<Record<string, string>>): JsonColumn[] {
  const names = uniqueNames(
    root.fields.map(({ key }) => key),
    (index) => `column${index}`,
  );
  const found = root.fields.map(({ key, shape }, index) => {
    const name = names[index] as string;
    return Object.hasOwn(stated, name)
      ? statedColumn(key, name, stated[name] as string)
      : foundColumn(key, name, shape);
  });
  const taken = new Set(names.map((name) => name.toLowerCase()));
  const missing = Object.keys(stated).filter((name) => !taken.has(name.toLowerCase()));
  return [...found, ...missing.map((name) => statedColumn(name, name, stated[name] as string))];
}

function foundColumn(key: string, name: string, shape: Shape): JsonColumn {
  const type = typeOfShape(shape);
  const isNested = type.startsWith('STRUCT(') || type.endsWith('[]');
  return { key, name, type, written: isJsonText(shape) ? 'json' : isNested ? 'nested' : 'plain', shape };
}

function statedColumn(key: string, name: string, type: string): JsonColumn {
  if (/^json$/iu.test(type)) return { key, name, type: 'VARCHAR', written: 'json', shape: undefined };
  const written = /^struct\b|\]$/iu.test(type.trim()) ? 'nested' : 'plain';
  return { key, name, type, written, shape: undefined };
}
