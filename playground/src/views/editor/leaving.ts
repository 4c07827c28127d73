import { completionStatus } from '@codemirror/autocomplete';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';

/** What is said of the keyboard to whom the editor is read out. */
export const wayOut =
  'Tab indents once you type. Escape, then Tab, leaves the editor. F8 goes to the next problem, Control Space completes.';

const modifiers: ReadonlySet<string> = new Set(['Shift', 'Control', 'Alt', 'Meta', 'CapsLock']);

/**
 * Tab indents, but not for whom it would be a trap: after Escape, and as long as nothing was pressed since the editor was
 * reached by the keyboard, it goes on to what comes next.
 */
export function leaving(): Extension {
  let isPointed = false;
  let isOurs = false;
  const leaveByTab = (view: EditorView, isLeaving: boolean): void => {
    if (isLeaving || isOurs) view.setTabFocusMode(isLeaving);
    isOurs = isLeaving;
    // The ring is there as long as Tab goes on from here; while one writes, the cursor shows where one is.
    view.dom.toggleAttribute('data-leaving', isLeaving);
  };
  return EditorView.domEventObservers({
    pointerdown(_event, view) {
      isPointed = true;
      leaveByTab(view, false);
    },
    focus(_event, view) {
      leaveByTab(view, !isPointed);
      isPointed = false;
    },
    blur() {
      isPointed = false;
    },
    keydown({ key }, view) {
      if (key === 'Tab' || modifiers.has(key)) return;
      leaveByTab(view, key === 'Escape' && completionStatus(view.state) === null);
    },
  });
}
