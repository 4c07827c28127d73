import type { ReactElement } from 'react';
import { useApp } from '../../hooks/app-context.ts';
import type { ImportState } from '../../state/imports.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorBox } from '../../ui/error-box.tsx';
import { formatBytes } from '../../ui/formats.ts';
import { Modal } from '../../ui/modal.tsx';
import { Progress } from '../../ui/progress.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { FilePreview } from './file-preview.tsx';
import styles from './import-dialog.module.css';

/** What is in the files that were chosen or dropped, before a pipeline is made of them. */
export function ImportDialog({
  state,
}: {
  readonly state: Exclude<ImportState, { readonly status: 'closed' }>;
}): ReactElement {
  const { state: app, routes } = useApp();
  const { imports } = app;
  const { status, title, files, loading, error } = state;
  const isRead = files.some((file) => file.error === undefined);
  const failed = files.filter((file) => file.error !== undefined).length;
  const create = async (): Promise<void> => {
    const id = await imports.create();
    if (id !== undefined) routes.go({ project: id });
  };
  return (
    <Modal
      title="A pipeline of your files"
      size="large"
      isOpen
      onClose={imports.cancel}
      footer={
        <>
          <Button onPress={imports.cancel}>Cancel</Button>
          <Button
            look="primary"
            icon="check"
            isDisabled={status !== 'ready' || !isRead || error !== undefined}
            onPress={() => void create()}
          >
            {failed > 0 && isRead ? 'Make it without what failed' : 'Make the pipeline'}
          </Button>
        </>
      }
    >
      <TextField label="Name" hint={undefined} value={title} onChange={imports.setTitle} />
      {status === 'reading' ? (
        <div className={styles.reading} role="status">
          <p>
            {loading === undefined
              ? 'Reading, to find out what is in them ...'
              : `Loading DuckDB, once for this browser: ${formatBytes(loading.bytes)}`}
          </p>
          <Progress
            label="Reading"
            value={
              loading === undefined ? undefined : loading.bytes / Math.max(__ENGINE_BYTES__, loading.bytes)
            }
          />
        </div>
      ) : null}
      {error === undefined ? null : <ErrorBox error={error} />}
      {files.map((file) => (
        <FilePreview
          key={file.path}
          file={file}
          canLeaveOut={status === 'ready' && files.length > 1}
          onLeaveOut={() => imports.leaveOut(file.path)}
        />
      ))}
      <p className={styles.note}>
        Files of up to 64 MB are copied into this browser&apos;s storage for this page; a larger one is read
        where it is, where the browser can. Nothing is sent anywhere.
      </p>
    </Modal>
  );
}
