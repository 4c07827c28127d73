import { useEffect, useRef, type ReactElement } from 'react';
import styles from './editor-panel.module.css';
import type { EditorDocuments } from './editor-documents.ts';
import { wayOutId } from './editor-extensions.ts';
import { wayOut } from './leaving.ts';

/**
 * Where the open document is edited. It is in a shadow root, where CodeMirror's styles are constructed style sheets, which the
 * page's policy allows.
 */
export function TextArea({ documents }: { readonly documents: EditorDocuments }): ReactElement {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const { current: host } = place;
    if (host === null) return undefined;
    const root = host.shadowRoot ?? host.attachShadow({ mode: 'open', delegatesFocus: true });
    const hint = document.createElement('p');
    hint.id = wayOutId;
    hint.className = 'cm-way-out';
    hint.hidden = true;
    hint.textContent = wayOut;
    root.append(hint);
    const unmount = documents.mount(root);
    return () => {
      unmount();
      hint.remove();
    };
  }, [documents]);
  // What looks for something to focus in here sees the host alone, which hands the focus on.
  return <div ref={place} className={styles.text} tabIndex={0} data-testid="editor" />;
}
