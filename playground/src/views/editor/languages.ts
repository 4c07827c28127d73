import { SQLDialect } from '@codemirror/lang-sql';
import { yaml, yamlLanguage } from '@codemirror/lang-yaml';
import { LanguageSupport } from '@codemirror/language';
import { parseMixed, type Input, type SyntaxNodeRef } from '@lezer/common';
import { duckdbKeywords, duckdbTypes } from '../../state/duckdb-words.ts';

/** The others are what columns are called, mostly. */
const plainTypes = duckdbTypes.filter((type) => !/^(?:bit|blob|date|interval|json|time\w*)$/.test(type));

const dialect = SQLDialect.define({
  keywords: duckdbKeywords.join(' '),
  types: plainTypes.join(' '),
  builtin: '',
  operatorChars: '*+-%<>!=&|~^/:@',
  specialVar: '$',
  identifierQuotes: '"',
  caseInsensitiveIdentifiers: true,
  doubleDollarQuotedStrings: true,
});

/** A statement by itself. */
export function sqlLanguage(): LanguageSupport {
  return new LanguageSupport(dialect.language);
}

/** The value of the key `sql`, written as a block or as a plain text. */
function isStatement(node: SyntaxNodeRef, input: Input): boolean {
  if (node.name !== 'BlockLiteralContent' && node.name !== 'Literal') return false;
  const value = node.name === 'Literal' ? node.node : node.node.parent;
  const pair = value?.parent;
  if (pair?.name !== 'Pair' || value?.prevSibling?.name === undefined) return false;
  const key = pair.getChild('Key');
  return key !== null && input.read(key.from, key.to) === 'sql';
}

/** A pipeline's text, with the statements in it in their own language. */
export function pipelineLanguage(): LanguageSupport {
  const mixed = yamlLanguage.configure({
    wrap: parseMixed((node, input) =>
      isStatement(node, input) ? { parser: dialect.language.parser } : null,
    ),
  });
  return new LanguageSupport(mixed, yaml().support);
}
