import {
  Composer,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  Parser,
  type Document,
  type Node,
  type Scalar,
  type YAMLError,
  type YAMLMap,
} from 'yaml';
import type { ConfigIssue } from '../errors/config-errors.ts';
import { nearestNode } from './yaml-nodes.ts';
import { yamlBudget, yamlLimits, type YamlBudget } from './yaml-limits.ts';
import { offsetInSource } from './yaml-offset.ts';
import type { ConfigSource } from './source.ts';

/** What a YAML document says, and where each of it stands. */
export interface YamlText {
  /** Plain data: objects, lists, texts, numbers, true, false and null. */
  readonly value: unknown;
  readonly source: ConfigSource & Required<Pick<ConfigSource, 'lineText' | 'locate'>>;
  /** What is wrong with it as YAML; then there is no value. */
  readonly issues: readonly ConfigIssue[];
}

const kept: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Says whether a key is refused. */
export function isRefusedKey(key: string): boolean {
  return kept.has(key);
}

type Place = { readonly line: number; readonly column: number };

/** A document is left before it is made. */
export class TooMuch extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/**
 * Reads one document of YAML 1.2 (core schema), of which JSON is a part. Tags, other versions of YAML, keys that stand
 * twice or are no text, and whatever is beyond {@link yamlLimits} are issues. Nothing in a document runs code.
 *
 * @param file As people know it, for messages.
 * @param budget What the document is taken from. @default its own
 */
export function readYaml(
  text: string,
  file: string | undefined,
  budget: YamlBudget = yamlBudget(),
): YamlText {
  const counter = new LineCounter();
  const plain = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const place = (offset: number): Place => {
    const { line, col } = counter.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  let lines: readonly string[] | undefined;
  const lineText = (line: number): string | undefined => (lines ??= plain.split(/\r?\n/))[line - 1];
  let document: Document.Parsed | undefined;
  const source: YamlText['source'] = {
    file,
    lineText,
    locate(path, part, within, offset) {
      if (document === undefined) return undefined;
      const { key, value } = nearestNode(document, path);
      const node = part === 'key' ? (key ?? value) : (value ?? key);
      const range = node?.range;
      if (range === undefined || range === null) return undefined;
      const [start, end] = range;
      if (offset !== undefined && isScalar(node)) return place(offsetInSource(plain, node, offset));
      const inside = within === undefined ? -1 : plain.indexOf(within, start);
      return place(inside >= 0 && inside < end ? inside : start);
    },
  };
  const failed = (...issues: ConfigIssue[]): YamlText => ({ value: undefined, source, issues });

  budget.characters -= plain.length;
  if (budget.characters < 0) return failed({ path: '', message: tooLong });
  const issues: ConfigIssue[] = [];
  try {
    document = compose(plain, counter, budget);
    const errors = [...document.errors, ...document.warnings].slice(0, yamlLimits.mistakes);
    const { yaml } = document.directives;
    if (yaml.explicit === true && yaml.version !== '1.2')
      return failed({ path: '', message: `is YAML ${yaml.version}: only 1.2 is read`, line: 1, column: 1 });
    if (errors.length > 0) return failed(...errors.map((error) => notReadable(error, place(error.pos[0]))));
    const value = plainValue(document.contents, issues, place);
    return issues.length > 0 ? failed(...issues) : { value, source, issues };
  } catch (error) {
    if (!(error instanceof TooMuch)) throw error;
    return failed(...issues, { path: '', message: error.message, ...place(error.offset) });
  }
}

const notReadable = ({ message }: YAMLError, { line, column }: Place): ConfigIssue => ({
  path: '',
  message: `is not readable: ${message}`,
  line,
  column,
});

/** Said of the file with which it is too much. */
export const tooLong: string = `is more than the ${yamlLimits.characters} characters that a pipeline's files may have together`;
const mergeKey =
  "'<<' merges in YAML 1.1, and this is 1.2: write the keys out, use an alias for the whole, or quote it";
const tooDeep = `has more than ${yamlLimits.depth} collections inside one another`;
const tooManyTokens = `has more keys and values than the files of a pipeline may have (${yamlLimits.tokens} pieces of YAML)`;

/** As `parseDocument` does, but that a document which is too deep is left before it is made: making it is recursive. */
export function compose(text: string, counter: LineCounter, budget: YamlBudget): Document.Parsed {
  const parser = new Parser(counter.addNewLine);
  // Keys are compared below: here it takes a time that grows with the square of their number.
  const composer = new Composer({
    prettyErrors: false,
    stringKeys: true,
    uniqueKeys: false,
    resolveKnownTags: false,
  });
  counter.addNewLine(0);
  // Beside collections there are the document and what is being read.
  const deepest = yamlLimits.depth + 2;
  function* tokens() {
    for (const lexeme of new Lexer().lex(text)) {
      yield* parser.next(lexeme);
      budget.tokens -= 1;
      if (parser.stack.length > deepest) throw new TooMuch(tooDeep, parser.offset);
      if (budget.tokens < 0) throw new TooMuch(tooManyTokens, parser.offset);
    }
    yield* parser.end();
  }
  const [document, second] = composer.compose(tokens(), true, text.length);
  if (document === undefined) throw new TypeError('the composer gave no document');
  if (second !== undefined) {
    const [start] = second.range;
    document.errors.push({ message: 'there is a second document', pos: [start, start + 1] } as never);
  }
  return document;
}

/** The values of nodes: as `toJS` makes them, with limits of our own and keys that are there once. */
function plainValue(contents: Node | null, issues: ConfigIssue[], place: (offset: number) => Place): unknown {
  const anchors = new Map<string, Node>();
  const targets = new Map<Node, Node>();
  let [values, characters] = [0, 0];
  const refuse = (node: Node, message: string): undefined => {
    if (issues.length < yamlLimits.mistakes)
      issues.push({ path: '', message, ...place(node.range?.[0] ?? 0) });
    return undefined;
  };
  // The collections around a node, outermost first.
  const within: Node[] = [];
  const valueOf = (node: Node | null, alias: Node | undefined): unknown => {
    if (node === null) return null;
    if (alias !== undefined) {
      values += 1;
      if (isScalar(node) && typeof node.value === 'string') characters += node.value.length;
      const { aliasValues, aliasCharacters } = yamlLimits;
      if (values > aliasValues || characters > aliasCharacters) {
        const message = `aliases stand for more than ${aliasValues} values or ${aliasCharacters} characters`;
        throw new TooMuch(message, alias.range?.[0] ?? 0);
      }
    } else if (!isAlias(node) && node.anchor !== undefined) anchors.set(node.anchor, node);
    if (isScalar(node)) {
      const { value, source = '' } = node;
      if (typeof value !== 'number' || Number.isSafeInteger(value) || !/^[-+]?\d+$/.test(source))
        return value;
      return refuse(node, 'is a whole number that JavaScript cannot hold exactly: write it as a text');
    }
    if (isAlias(node)) {
      const target = targets.get(node) ?? anchors.get(node.source);
      if (target === undefined) return refuse(node, `there is no anchor '${node.source}' before it`);
      targets.set(node, target);
      if (within.includes(target)) return refuse(node, `the alias '${node.source}' stands for what it is in`);
      return valueOf(target, alias ?? node);
    }
    if (within.length >= yamlLimits.depth) throw new TooMuch(tooDeep, node.range?.[0] ?? 0);
    within.push(node);
    const value = isSeq(node)
      ? node.items.map((item) => valueOf(item as Node | null, alias))
      : isMap(node)
        ? objectOf(node, alias)
        : refuse(node, 'is no value');
    within.pop();
    return value;
  };
  const objectOf = (node: YAMLMap, alias: Node | undefined): Readonly<Record<string, unknown>> => {
    const object: Record<string, unknown> = {};
    for (const { key, value } of node.items) {
      const name = isScalar(key) ? String(key.value) : '';
      if (isRefusedKey(name)) refuse(key as Node, `'${name}' is a name that JavaScript keeps for itself`);
      else if (name === '<<' && (key as Scalar).type === 'PLAIN') refuse(key as Node, mergeKey);
      else if (Object.hasOwn(object, name)) refuse(key as Node, `the key '${name}' is there twice`);
      else object[name] = valueOf(value as Node | null, alias);
    }
    return object;
  };
  return valueOf(contents, undefined);
}
