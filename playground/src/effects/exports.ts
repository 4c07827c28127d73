import type { SinkConnector } from '@cairn/core';
import type { ExportFormat, Exports } from '../state/table-export.ts';

type Sinks = (
  place: { readonly download: string } | { readonly handle: FileSystemFileHandle },
) => SinkConnector<never>;

interface SavePicker {
  showSaveFilePicker?(options: {
    readonly suggestedName: string;
    readonly types: readonly { readonly accept: Readonly<Record<string, readonly string[]>> }[];
  }): Promise<FileSystemFileHandle>;
}

const formats: Readonly<
  Record<ExportFormat, { readonly ending: string; readonly type: string; load(): Promise<Sinks> }>
> = {
  csv: {
    ending: '.csv',
    type: 'text/csv',
    load: async () => (await import('@cairn/plugins/csv')).toCsv,
  },
  parquet: {
    ending: '.parquet',
    type: 'application/vnd.apache.parquet',
    load: async () => (await import('@cairn/plugins/parquet')).toParquet,
  },
  arrow: {
    ending: '.arrow',
    type: 'application/vnd.apache.arrow.file',
    load: async () => (await import('@cairn/plugins/arrow')).toArrow,
  },
};

/** Asks for a file to write to where the browser has such a dialog, and downloads elsewhere. */
export function browserExports(): Exports {
  return {
    async choose(format, name) {
      const { ending, type, load } = formats[format];
      const file = `${name.replaceAll(/[^\p{L}\p{N}._-]+/gu, '-')}${ending}`;
      const { showSaveFilePicker } = globalThis as SavePicker;
      if (showSaveFilePicker === undefined) return { name: file, sink: (await load())({ download: file }) };
      try {
        const handle = await showSaveFilePicker.call(globalThis, {
          suggestedName: file,
          types: [{ accept: { [type]: [ending] } }],
        });
        return { name: handle.name, sink: (await load())({ handle }) };
      } catch (error) {
        if (error instanceof DOMException && error.name === 'AbortError') return undefined;
        throw error;
      }
    },
  };
}
