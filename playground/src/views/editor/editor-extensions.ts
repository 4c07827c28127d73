import { acceptCompletion, closeBrackets, closeBracketsKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { bracketMatching, indentOnInput, indentUnit } from '@codemirror/language';
import { lintGutter } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { EditorState, type Extension } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
  rectangularSelection,
} from '@codemirror/view';
import { completions } from './completions.ts';
import { stepOf, type DocumentId, type EditorDocuments } from './editor-documents.ts';
import { editorTheme } from './editor-theme.ts';
import { pipelineLanguage, sqlLanguage } from './languages.ts';
import { leaving } from './leaving.ts';
import { stepMarks } from './step-marks.ts';

/** The id of what is said of the keyboard, beside the editor. */
export const wayOutId = 'way-out';

/** All that an editor of a document can do. */
export function editorExtensions(documents: EditorDocuments, id: DocumentId): Extension {
  const step = stepOf(id);
  return [
    keymap.of([
      { key: 'Mod-Enter', run: () => documents.run(false), preventDefault: true },
      { key: 'Mod-Shift-Enter', run: () => documents.run(true), preventDefault: true },
      // Each change is kept as it is made.
      { key: 'Mod-s', run: () => documents.noteSaved(), preventDefault: true },
      { key: 'F8', run: () => documents.goToNext(1), shift: () => documents.goToNext(-1) },
      { key: 'Tab', run: acceptCompletion },
      indentWithTab,
      ...closeBracketsKeymap,
      ...searchKeymap,
      ...historyKeymap,
      ...defaultKeymap,
    ]),
    leaving(),
    lintGutter(),
    lineNumbers(),
    step === undefined ? stepMarks() : [],
    history(),
    drawSelection(),
    rectangularSelection(),
    EditorState.allowMultipleSelections.of(true),
    EditorState.tabSize.of(2),
    indentUnit.of('  '),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    highlightSelectionMatches(),
    search({ top: true }),
    step === undefined ? pipelineLanguage() : [sqlLanguage(), EditorView.lineWrapping],
    completions(documents, id),
    editorTheme(),
    EditorView.contentAttributes.of({
      'aria-label': step === undefined ? 'Pipeline, as YAML' : `SQL of ${step}`,
      'aria-describedby': wayOutId,
      tabindex: '0',
      spellcheck: 'false',
      autocorrect: 'off',
      autocapitalize: 'off',
    }),
  ];
}
