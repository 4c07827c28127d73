import { readFile, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import { CairnError } from '@cairn/core';
import { fileNotFound, fileNotReadable } from '@cairn/core/plugin';
import type { LoadPipelineFile } from '@cairn/core/yaml';
import { hasCode } from '../system-error.ts';

/** Loads what a pipeline file names: files in its folder or below, links followed. */
export function pipelineLoader(
  pipeline: string,
  onFile: ((path: string) => void) | undefined,
): LoadPipelineFile {
  const folder = dirname(pipeline);
  return async (path, from) => {
    const file = resolve(from === undefined ? folder : dirname(resolve(from)), path);
    onFile?.(file);
    const isOutside = async (): Promise<boolean> =>
      leaves(folder, file) || leaves(await realpath(folder), await realpath(file));
    try {
      if (await isOutside()) throw outside(path);
      return { file: shownPath(file), text: await readText(file) };
    } catch (error) {
      if (hasCode(error, 'ENOENT', 'ENOTDIR')) throw fileNotFound(path, error);
      throw error;
    }
  };
}

function outside(path: string): CairnError {
  const message = `'${path}' is outside of the pipeline's folder: the files that it names are in it or below`;
  return new CairnError('invalid_pipeline_file', message, { details: { path } });
}

function leaves(folder: string, file: string): boolean {
  const way = relative(folder, file);
  return way === '' || way === '..' || way.startsWith('../') || way.startsWith('..\\') || isAbsolute(way);
}

/** The text of a file. @throws CairnError `file_not_readable` */
export async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw fileNotReadable(shownPath(file), error);
  }
}

/** A path as people see it: relative to the working folder, where it is in it. */
export function shownPath(file: string): string {
  const near = relative(process.cwd(), file);
  return near.startsWith('..') || isAbsolute(near) ? file : near;
}
