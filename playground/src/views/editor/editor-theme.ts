import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

const line = '1px solid var(--line)';

/** The editor in the app's tokens, so that light and dark are theirs. */
const theme = EditorView.theme({
  '&': {
    height: '100%',
    backgroundColor: 'var(--surface)',
    color: 'var(--text)',
    fontSize: 'var(--size-3)',
  },
  '&.cm-focused': { outline: 'none' },
  '&.cm-focused[data-leaving]::after': {
    content: '""',
    position: 'absolute',
    inset: '0',
    zIndex: '300',
    border: '2px solid var(--focus)',
    pointerEvents: 'none',
  },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.6', scrollbarWidth: 'thin' },
  '.cm-content': { padding: 'var(--space-2) 0', caretColor: 'var(--text)' },
  '.cm-line': { padding: '0 var(--space-3) 0 var(--space-2)' },
  '.cm-cursor, .cm-dropCursor': { borderLeftColor: 'var(--text)', borderLeftWidth: '2px' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    background: 'color-mix(in srgb, var(--focus) 24%, transparent)',
  },
  '.cm-activeLine': { backgroundColor: 'var(--hover)' },
  '.cm-selectionMatch': { backgroundColor: 'color-mix(in srgb, var(--focus) 14%, transparent)' },
  '&.cm-focused .cm-matchingBracket': {
    backgroundColor: 'transparent',
    outline: '1px solid var(--line-strong)',
  },
  '&.cm-focused .cm-nonmatchingBracket': { backgroundColor: 'var(--failed-soft)' },
  '.cm-gutters': { backgroundColor: 'var(--surface)', color: 'var(--text-quiet)', border: '0' },
  '.cm-activeLineGutter': { backgroundColor: 'var(--hover)', color: 'var(--text)' },
  '.cm-lineNumbers .cm-gutterElement': { minWidth: '2.25rem', padding: '0 0.375rem 0 0.25rem' },

  '.cm-tooltip': {
    maxWidth: 'min(30rem, calc(100vw - 2rem))',
    border: line,
    borderRadius: 'var(--radius-2)',
    backgroundColor: 'var(--raised)',
    color: 'var(--text)',
    boxShadow: 'var(--shadow-2)',
    fontFamily: 'var(--font)',
    overflow: 'hidden',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--mono)', maxHeight: '15rem' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': {
    display: 'flex',
    alignItems: 'baseline',
    gap: '0.75rem',
    padding: '0.1875rem var(--space-2)',
  },
  '.cm-tooltip-autocomplete ul li[aria-selected]': {
    backgroundColor: 'color-mix(in srgb, var(--focus) 18%, var(--raised))',
    color: 'var(--text)',
  },
  '.cm-completionLabel': { flex: '1', overflow: 'hidden', textOverflow: 'ellipsis' },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '700' },
  '.cm-completionDetail': {
    margin: '0',
    color: 'var(--text-quiet)',
    fontStyle: 'normal',
    fontSize: 'var(--size-2)',
    maxWidth: '14rem',
    overflow: 'hidden',
    textOverflow: 'ellipsis',
  },
  '.cm-tooltip.cm-completionInfo': {
    padding: 'var(--space-2)',
    fontSize: 'var(--size-2)',
    maxWidth: '18rem',
  },

  '.cm-diagnostic': { padding: 'var(--space-2) var(--space-3)', whiteSpace: 'pre-wrap', marginLeft: '0' },
  '.cm-diagnostic-error': { borderLeft: '3px solid var(--failed)' },
  '.cm-lintRange-error': {
    backgroundImage: 'none',
    textDecoration: 'underline wavy var(--failed)',
    textDecorationSkipInk: 'none',
    textUnderlineOffset: '0.2em',
  },
  '.cm-lintPoint-error:after': { borderBottomColor: 'var(--failed)' },
  '.cm-gutter-lint': { width: '1rem' },
  '.cm-gutter-lint .cm-gutterElement': {
    display: 'grid',
    placeContent: 'start center',
    padding: '0.375rem 0 0',
  },
  '.cm-lint-marker-error': {
    content: 'none',
    width: '0.5rem',
    height: '0.5rem',
    borderRadius: '50%',
    backgroundColor: 'var(--failed)',
  },

  '.cm-panels': { backgroundColor: 'var(--sunken)', color: 'var(--text)' },
  '.cm-panels.cm-panels-top': { borderBottom: line },
  '.cm-panel.cm-search': {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: '0.25rem',
    padding: 'var(--space-2) 2rem var(--space-2) var(--space-2)',
    fontFamily: 'var(--font)',
    fontSize: 'var(--size-2)',
  },
  '.cm-panel.cm-search input, .cm-panel.cm-search button, .cm-panel.cm-search label': { margin: '0' },
  '.cm-panel.cm-search br': { display: 'none' },
  '.cm-panel.cm-search label': {
    display: 'inline-flex',
    alignItems: 'center',
    gap: '0.25rem',
    paddingInline: '0.25rem',
    fontSize: 'var(--size-2)',
  },
  '.cm-panel.cm-search input[type=checkbox]': { accentColor: 'var(--ink)' },
  '.cm-panel.cm-search [name=close]': {
    top: 'var(--space-2)',
    right: 'var(--space-2)',
    color: 'var(--text-quiet)',
    fontSize: '1.125rem',
    lineHeight: '1.25rem',
  },
  '.cm-textfield': {
    border: '1px solid var(--line-strong)',
    borderRadius: 'var(--radius-1)',
    backgroundColor: 'var(--surface)',
    color: 'var(--text)',
    fontSize: 'var(--size-2)',
    width: '11rem',
    padding: '0.1875rem 0.375rem',
    fontFamily: 'var(--font)',
  },
  '.cm-textfield:focus-visible, .cm-button:focus-visible, .cm-panel input:focus-visible, .cm-panel [name=close]:focus-visible':
    { outline: '2px solid var(--focus)' },
  '.cm-button': {
    border: '1px solid var(--line-strong)',
    borderRadius: 'var(--radius-1)',
    backgroundImage: 'none',
    backgroundColor: 'var(--surface)',
    color: 'var(--text)',
    padding: '0.1875rem 0.5rem',
    fontFamily: 'var(--font)',
    fontSize: 'var(--size-2)',
  },
  '.cm-searchMatch': { backgroundColor: 'var(--warned-soft)', outline: '1px solid var(--warned)' },
  '.cm-searchMatch-selected': { backgroundColor: 'color-mix(in srgb, var(--focus) 30%, transparent)' },

  '.cm-stepGutter': { width: '1.375rem' },
  '.cm-stepGutter .cm-gutterElement': { display: 'grid', placeItems: 'center', lineHeight: '0' },
  '.cm-stepMark': {
    display: 'grid',
    placeItems: 'center',
    width: '1.125rem',
    height: '1.125rem',
    borderRadius: '50%',
  },
  '.cm-stepMark[data-decision=reuse]': { color: 'var(--reused)' },
  '.cm-stepMark[data-decision=run]': { backgroundColor: 'var(--warned-soft)', color: 'var(--warned)' },
  '.cm-stepMark[data-decision=unknown]': { color: 'var(--warned)' },
  '.cm-stepMark[data-decision=blocked]': { backgroundColor: 'var(--failed-soft)', color: 'var(--failed)' },
  '.cm-stepMark[data-decision=skip]': { color: 'var(--idle)' },
  '.cm-stepNote': {
    marginLeft: '2ch',
    color: 'var(--warned)',
    fontFamily: 'var(--font)',
    fontSize: 'var(--size-2)',
    pointerEvents: 'none',
    userSelect: 'none',
  },
  '.cm-stepNote[data-decision=blocked]': { color: 'var(--failed)' },
  '.cm-stepHere': { backgroundColor: 'color-mix(in srgb, var(--focus) 10%, transparent)' },
  '.cm-way-out': {
    position: 'absolute',
    width: '1px',
    height: '1px',
    overflow: 'hidden',
    clipPath: 'inset(50%)',
  },
});

const style = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.definitionKeyword], color: 'var(--code-keyword)' },
  { tag: [tags.definition(tags.propertyName), tags.propertyName], color: 'var(--code-key)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--code-text)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--code-number)' },
  { tag: tags.typeName, color: 'var(--code-number)' },
  { tag: [tags.special(tags.name), tags.labelName], color: 'var(--code-param)' },
  { tag: [tags.comment, tags.lineComment, tags.blockComment, tags.meta], color: 'var(--text-quiet)' },
  { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace], color: 'var(--text-quiet)' },
  { tag: tags.comment, fontStyle: 'italic' },
]);

export function editorTheme(): Extension {
  return [theme, syntaxHighlighting(style)];
}
