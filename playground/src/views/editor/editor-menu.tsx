import { useRef, type ReactElement } from 'react';
import { loadExample } from '../../examples/index.ts';
import { useApp, useSession } from '../../hooks/app-context.ts';
import { useReadable } from '../../hooks/use-readable.ts';
import { Button } from '../../ui/button.tsx';
import { Menu } from '../../ui/menu.tsx';
import type { EditorDocuments } from './editor-documents.ts';
import styles from './editor-panel.module.css';

/** The pipeline as a file, and back to what it was. */
export function EditorMenu({ documents }: { readonly documents: EditorDocuments }): ReactElement {
  const { download } = useApp();
  const { project } = useSession();
  const { id, example } = useReadable(project);
  const picker = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={picker}
        className={styles.picker}
        type="file"
        accept=".yaml,.yml,.json,text/yaml,application/yaml"
        aria-label="Pipeline file to open"
        tabIndex={-1}
        hidden
        onChange={({ currentTarget }) => {
          const file = currentTarget.files?.[0];
          currentTarget.value = '';
          if (file !== undefined) void documents.openFile(file);
        }}
      />
      <Menu
        label="Pipeline file"
        trigger={<Button look="quiet" icon="file" aria-label="Pipeline file" />}
        entries={[
          {
            id: 'save',
            label: 'Save as file',
            hint: `${id}.yaml, which runs from the command line as well`,
            icon: 'download',
            onAction: () => download(new File([documents.yaml], `${id}.yaml`, { type: 'application/yaml' })),
          },
          {
            id: 'open',
            label: 'Open file',
            hint: 'Replaces this text; undo brings it back. One that is dropped becomes a project of its own',
            icon: 'upload',
            onAction: () => picker.current?.click(),
          },
          ...(example === undefined
            ? []
            : [
                {
                  id: 'reset',
                  label: "Back to the example's text",
                  hint: 'Undo brings yours back',
                  icon: 'reset' as const,
                  onAction: () =>
                    void loadExample(example).then(
                      (found) => found !== undefined && documents.replaceYaml(found.yaml),
                    ),
                },
              ]),
        ]}
      />
    </>
  );
}
