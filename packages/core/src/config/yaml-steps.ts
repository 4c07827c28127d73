import {
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Document,
  type Node,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import { offsetInSource } from './yaml-offset.ts';
import { yamlBudget } from './yaml-limits.ts';
import { compose, TooMuch } from './yaml-text.ts';

/** The statement of a step, and where it stands in the text. */
export interface YamlSql {
  /** The statement as the pipeline has it. */
  readonly text: string;
  /** Where it is written, as offsets: quotes and the `|` of a block are part of it, an anchor and a comment are not. */
  readonly from: number;
  readonly to: number;
  /**
   * Where in the text a character of the statement stands. Exact in a block that keeps its lines (`|`) and in a plain or
   * quoted statement on one line without escapes; otherwise where the statement begins.
   */
  offset(at: number): number;
}

/** A step that a pipeline in YAML lists, and where it does. Offsets are in UTF-16 code units. */
export interface YamlStep {
  readonly name: string;
  readonly process: string;
  /** The key that names it. */
  readonly kind: 'source' | 'step' | 'fanIn' | 'sink';
  /** Where its name stands. */
  readonly nameFrom: number;
  /** Where its entry stands, from its first key. */
  readonly from: number;
  readonly to: number;
  /** Undefined where it has none in this file. */
  readonly sql: YamlSql | undefined;
}

/** The node of a statement, for whoever changes it. */
export interface SqlNode {
  readonly step: YamlStep;
  readonly node: Scalar;
  readonly key: Scalar;
  /** Whether it stands in `{ }` or `[ ]`. */
  readonly isFlow: boolean;
}

/** What was found in a text. */
export interface FoundSteps {
  readonly steps: readonly YamlStep[];
  readonly statements: readonly SqlNode[];
  /** How many mistakes there are in the YAML. */
  readonly mistakes: number;
}

const kinds = ['source', 'step', 'fanIn', 'sink'] as const;

/**
 * Finds the steps of a pipeline in YAML and where they stand: what an editor needs to show something beside them, and their
 * SQL by itself. A text that is no pipeline, or no YAML, has those that can be made out; one that is beyond `yamlLimits`
 * has none. Those of files that it includes are not among them.
 *
 * @example
 * for (const { name, sql } of yamlSteps(text)) console.log(name, sql?.text);
 */
export function yamlSteps(text: string): readonly YamlStep[] {
  return findSteps(text).steps;
}

/** The same with the nodes. */
export function findSteps(text: string): FoundSteps {
  let document: Document.Parsed;
  try {
    document = compose(text, new LineCounter(), yamlBudget());
  } catch (error) {
    if (error instanceof TooMuch) return { steps: [], statements: [], mistakes: 1 };
    throw error;
  }
  const steps: YamlStep[] = [];
  const statements: SqlNode[] = [];
  for (const [process, entry, isFlow] of entriesOf(document.contents)) {
    const named = namedBy(entry);
    if (named === undefined) continue;
    const { kind, node } = named;
    const { key, value } = pairOf(entry, 'sql') ?? {};
    const sql = kind === 'step' && isText(value) ? value : undefined;
    const [from = 0, to = 0] = entry.range ?? [];
    const step: YamlStep = {
      name: String(node.value),
      process,
      kind,
      nameFrom: node.range?.[0] ?? 0,
      from: from,
      to: to,
      sql: sql === undefined ? undefined : sqlOf(sql, text),
    };
    steps.push(step);
    if (sql !== undefined) statements.push({ step, node: sql, key: key as Scalar, isFlow });
  }
  return { steps, statements, mistakes: document.errors.length };
}

function sqlOf(node: Scalar, source: string): YamlSql {
  const [from = 0, to = 0] = node.range ?? [];
  return {
    text: typeof node.value === 'string' ? node.value : '',
    from: from,
    to: to,
    offset: (at) => offsetInSource(source, node, at),
  };
}

/** A statement that is not written yet is an empty one. */
function isText(node: unknown): node is Scalar {
  return isScalar(node) && (typeof node.value === 'string' || (node.value === null && !node.source));
}

function* entriesOf(
  contents: Node | null,
): Generator<readonly [process: string, entry: YAMLMap, isFlow: boolean]> {
  const processes = isMap(contents) ? pairOf(contents, 'processes')?.value : undefined;
  if (!isMap(processes)) return;
  for (const { key, value } of processes.items) {
    const list = isMap(value) ? pairOf(value, 'steps')?.value : value;
    if (!isSeq(list)) continue;
    for (const entry of list.items)
      if (isMap(entry))
        yield [
          isScalar(key) ? String(key.value) : '',
          entry,
          [contents, processes, value, list, entry].some((one) => (one as YAMLMap).flow === true),
        ];
  }
}

function namedBy(entry: YAMLMap): { readonly kind: YamlStep['kind']; readonly node: Scalar } | undefined {
  for (const kind of kinds) {
    const node = pairOf(entry, kind)?.value;
    if (isScalar(node) && node.value !== null && node.value !== '') return { kind, node };
  }
  return undefined;
}

function pairOf(map: YAMLMap, name: string): { readonly key: unknown; readonly value: unknown } | undefined {
  return map.items.find(({ key }) => isScalar(key) && key.value === name);
}
