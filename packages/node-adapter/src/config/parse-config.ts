import type { ConfigIssue, ConfigPath, ConfigSource } from '@cairn/core/config';
import { invalidConfig } from '@cairn/core/config';
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type Document,
  type Node,
  type Pair,
  type YAMLError,
} from 'yaml';
import { maskSecrets } from './mask-secrets.ts';

/** What a configuration file says, and where each of it stands. */
export interface ParsedConfig {
  readonly value: unknown;
  readonly source: ConfigSource;
}

/**
 * Reads YAML, of which JSON is a part, keeping positions.
 *
 * @param file As people know it, for messages.
 * @throws CairnError `invalid_config` for text that is no YAML, or no JSON in a `.json` file
 */
export function parseConfig(text: string, file: string): ParsedConfig {
  const counter = new LineCounter();
  const plain = text.replace(/^\uFEFF/, '');
  const position = (offset: number): { readonly line: number; readonly column: number } => {
    const { line, col } = counter.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };

  const document: Document.Parsed = parseDocument(plain, {
    lineCounter: counter,
    prettyErrors: false,
    stringKeys: true,
  });
  const [first] = [...document.errors, ...document.warnings];
  if (first !== undefined) throw notReadable(plain, file, first, position(first.pos[0]));
  if (file.endsWith('.json') && !isJson(plain)) {
    const message = 'is no JSON: comments, trailing commas and single quotes are YAML';
    throw invalidConfig([{ path: '', message }], { file });
  }

  const issues: ConfigIssue[] = [];
  visit(document, {
    Scalar(_, { value, source, range }) {
      if (typeof value !== 'number' || Number.isSafeInteger(value) || !/^[-+]?\d+$/.test(source ?? ''))
        return;
      const message = 'is a whole number that JavaScript cannot hold exactly: write it as a text';
      issues.push({ path: '', message, ...position(range?.[0] ?? 0) });
    },
  });
  const lines = maskSecrets(plain, document).split('\n');
  const lineText = (line: number): string | undefined => lines[line - 1];
  if (issues.length > 0) throw invalidConfig(issues, { file, lineText });

  let value: unknown;
  try {
    // A few aliases that name each other make gigabytes.
    value = document.toJS({ maxAliasCount: 100 });
  } catch {
    throw invalidConfig([{ path: '', message: 'has aliases that do not resolve, or too many of them' }], {
      file,
    });
  }

  const pairAt = (
    path: ConfigPath,
  ): { readonly key?: Node | undefined; readonly value?: Node | undefined } => {
    let key: Node | undefined;
    let node: Node | undefined = document.contents ?? undefined;
    for (const part of path) {
      if (isAlias(node)) node = node.resolve(document);
      if (isMap(node)) {
        const found = (node.items as Pair<Node, Node | null>[]).find(
          (pair) => isScalar(pair.key) && String(pair.key.value) === String(part),
        );
        if (found === undefined) return {};
        key = found.key;
        node = found.value ?? undefined;
      } else if (isSeq(node)) {
        node = node.items[Number(part)] as Node | undefined;
        key = node;
      } else return {};
    }
    return { key, value: node };
  };

  return {
    value,
    source: {
      file,
      lineText,
      locate(path, part, within) {
        const { key, value: found } = pairAt(path);
        const range = (part === 'key' ? key : (found ?? key))?.range;
        if (range === undefined || range === null) return undefined;
        const [start, end] = range;
        const inside = within === undefined ? -1 : plain.indexOf(within, start);
        return position(inside >= 0 && inside < end ? inside : start);
      },
    },
  };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** What cannot be read cannot be masked either: from where secrets may stand on, nothing is shown. */
function notReadable(
  text: string,
  file: string,
  error: YAMLError,
  place: { readonly line: number; readonly column: number },
): Error {
  const lines = text.split('\n');
  const isOpen = !lines.slice(0, place.line).join('\n').includes('secrets');
  const [at] = error.pos;
  const hint = text[at - 1] === '$' ? '; inside { } and [ ] write "${NAME}", with quotes' : '';
  const message = `is not readable${isOpen ? `: ${error.message}` : ' from here on'}${hint}`;
  const source = isOpen ? { file, lineText: (line: number) => lines[line - 1] } : { file };
  return invalidConfig([{ path: '', message, ...place }], source);
}
