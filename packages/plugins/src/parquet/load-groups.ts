import type { Ranges } from '../columnar/ranges.ts';
import type { LoadedGroup } from './cut.ts';
import type { ParquetChunk, ParquetFooter, ParquetRowGroup } from './footer.ts';
import { checkPages } from './pages.ts';

/** Columns that are so near to each other are read together with what is between them. */
const gapBytes = 64 * 1024;
/** Nothing larger is read in one piece only because it is near. */
const togetherBytes = 8 * 1024 * 1024;

/** Loads the chosen columns of row groups, and keeps those that are still needed. */
export interface GroupLoader {
  /** The row groups from one to before another, of which all before the first are forgotten. */
  load(first: number, last: number): Promise<LoadedGroup[]>;
}

/**
 * @param kept The positions of the chosen columns.
 * @returns what throws a RangeError when the bytes of a column are not what the footer says
 */
export function createGroupLoader(
  file: Ranges,
  { rowGroups, leaves }: ParquetFooter,
  kept: ReadonlySet<number>,
): GroupLoader {
  const loaded = new Map<number, Promise<LoadedGroup>>();
  const chosen = leaves.flatMap(({ column, flat }, leaf) => (kept.has(column) ? [{ leaf, flat }] : []));

  const loadOne = async (group: ParquetRowGroup): Promise<LoadedGroup> => {
    const chunks = chosen.map(({ leaf }) => group.chunks[leaf] as ParquetChunk);
    const bytes = await readTogether(file, chunks);
    const pages = new Map<number, Uint8Array>();
    for (const [index, { leaf, flat }] of chosen.entries()) {
      const [chunk, own] = [chunks[index] as ParquetChunk, bytes.get(chunks[index] as ParquetChunk)];
      if (own?.length !== chunk.length) throw new RangeError('it ends in the middle of a column');
      checkPages(own, chunk, group.rows, flat);
      pages.set(leaf, own);
    }
    return { group, pages };
  };

  return {
    load: async (first, last) => {
      for (const index of loaded.keys()) if (index < first) loaded.delete(index);
      const groups: LoadedGroup[] = [];
      for (let index = first; index < last; index += 1) {
        const known = loaded.get(index) ?? loadOne(rowGroups[index] as ParquetRowGroup);
        loaded.set(index, known);
        groups.push(await known);
      }
      return groups;
    },
  };
}

/** Reads columns in few pieces: a request over the network costs more than some bytes in vain. */
async function readTogether(
  file: Ranges,
  chunks: readonly ParquetChunk[],
): Promise<Map<ParquetChunk, Uint8Array>> {
  const found = new Map<ParquetChunk, Uint8Array>();
  const inOrder = chunks.toSorted((one, other) => one.start - other.start);
  for (let index = 0; index < inOrder.length;) {
    const { start } = inOrder[index] as ParquetChunk;
    const run: ParquetChunk[] = [];
    let end = start;
    for (; index < inOrder.length; index += 1) {
      const next = inOrder[index] as ParquetChunk;
      const until = next.start + next.length;
      if (run.length > 0 && (next.start > end + gapBytes || until - start > togetherBytes)) break;
      run.push(next);
      end = Math.max(end, until);
    }
    const bytes = await file.read(start, end - start);
    for (const chunk of run)
      found.set(chunk, bytes.subarray(chunk.start - start, chunk.start - start + chunk.length));
  }
  return found;
}
