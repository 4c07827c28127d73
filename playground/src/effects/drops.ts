import type { GivenFile } from '../state/ports.ts';
import { createStore, type Readable } from '../state/store.ts';

/** Whether files are held over the page. */
export type DropState = 'nothing' | 'over';

/** Takes files that are dropped anywhere on the page. */
export function browserDrops(take: (files: readonly GivenFile[]) => void): Readable<DropState> {
  const store = createStore<DropState>('nothing');
  // Each part of the page that is entered is left again, in an order of the browser's.
  let depth = 0;
  const isFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer?.types.includes('Files') === true;
  const hold = (change: number) => (event: DragEvent) => {
    if (!isFiles(event)) return;
    event.preventDefault();
    depth = Math.max(0, depth + change);
    store.set(depth > 0 ? 'over' : 'nothing');
  };
  const options = { capture: true };
  addEventListener('dragenter', hold(1), options);
  addEventListener('dragover', hold(0), options);
  addEventListener('dragleave', hold(-1), options);
  addEventListener(
    'drop',
    (event) => {
      if (!isFiles(event)) return;
      event.preventDefault();
      event.stopPropagation();
      depth = 0;
      store.set('nothing');
      const files = [...(event.dataTransfer?.files ?? [])];
      const handles = handlesOf(event.dataTransfer);
      void handles.then((found) => take(files.map((file) => given(file, found))));
    },
    options,
  );
  return store;
}

/** What a page is given of a file that was chosen. */
export function given(file: File, handles: readonly FileSystemFileHandle[] = []): GivenFile {
  return {
    name: file.name,
    size: file.size,
    blob: file,
    handle: handles.find(({ name }) => name === file.name),
  };
}

/** Asked for while the event lasts; `@cairn/web` has the same, which is not loaded at the start. */
async function handlesOf(dropped: DataTransfer | null): Promise<readonly FileSystemFileHandle[]> {
  const asked = [...(dropped?.items ?? [])].map(async (item: DroppedItem) =>
    item.kind === 'file' ? item.getAsFileSystemHandle?.().catch(() => null) : null,
  );
  const handles = await Promise.all(asked);
  return handles.filter((handle) => handle?.kind === 'file') as FileSystemFileHandle[];
}

interface DroppedItem extends DataTransferItem {
  getAsFileSystemHandle?(): Promise<FileSystemHandle | null>;
}
