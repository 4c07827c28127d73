import { useState, type ReactElement } from 'react';
import { useApp } from '../../hooks/app-context.ts';
import type { Project } from '../../state/ports.ts';
import { hrefOf } from '../../state/route.ts';
import { Button } from '../../ui/button.tsx';
import { formatAmount, formatBytes } from '../../ui/formats.ts';
import { Icon } from '../../ui/icon.tsx';
import { Menu } from '../../ui/menu.tsx';
import { Modal } from '../../ui/modal.tsx';
import { TextField } from '../../ui/text-field.tsx';
import styles from './own-data.module.css';

/** A pipeline of the user's own. */
export function ProjectRow({ project }: { readonly project: Project }): ReactElement {
  const { state } = useApp();
  const { id, title, files = [] } = project;
  const [asked, ask] = useState<'rename' | 'delete'>();
  const [name, setName] = useState(title);
  const close = (): void => ask(undefined);
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const facts =
    files.length === 0
      ? 'no files of its own'
      : `${formatAmount(files.length, 'file')}, ${formatBytes(bytes)}`;
  const rename = (): void => {
    void state.rename(id, name);
    close();
  };
  return (
    <li className={styles.project} data-project={id}>
      <a className={styles.open} href={hrefOf({ project: id })}>
        <Icon name="file" />
        <span className={styles.title}>{title}</span>
        <span className={styles.facts}>{facts}</span>
      </a>
      <Menu
        label={`More of ${title}`}
        trigger={<Button look="quiet" icon="more" aria-label={`Rename or delete ${title}`} />}
        entries={[
          {
            id: 'rename',
            label: 'Rename',
            onAction: () => {
              setName(title);
              ask('rename');
            },
          },
          { id: 'delete', label: 'Delete', icon: 'cross', onAction: () => ask('delete') },
        ]}
      />
      <Modal
        title={`Rename ${title}`}
        isOpen={asked === 'rename'}
        onClose={close}
        footer={
          <>
            <Button onPress={close}>Cancel</Button>
            <Button look="primary" isDisabled={name.trim() === ''} onPress={rename}>
              Rename
            </Button>
          </>
        }
      >
        <form
          onSubmit={(event) => {
            event.preventDefault();
            rename();
          }}
        >
          <TextField label="Name" hint={undefined} value={name} onChange={setName} />
        </form>
      </Modal>
      <Modal
        title={`Delete ${title}?`}
        isOpen={asked === 'delete'}
        onClose={close}
        footer={
          <>
            <Button onPress={close}>Keep it</Button>
            <Button look="danger" icon="cross" onPress={() => void state.forget(id)}>
              Delete
            </Button>
          </>
        }
      >
        <p>
          Its text
          {files.length === 0 ? ' is' : ` and its copies of ${formatAmount(files.length, 'file')} are`}{' '}
          removed from this browser. Your own files stay where they are; tables that its runs have stored go
          when storage is cleaned up.
        </p>
      </Modal>
    </li>
  );
}
