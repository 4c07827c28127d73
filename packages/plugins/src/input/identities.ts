import type { FileStat } from '@cairn/core/plugin';
import type { FileLike } from './place.ts';
import type { ServedVersion } from './served-version.ts';
import { sha256 } from '#sha256';

// What is no hash of the content says something of one place only, and the place is in no fingerprint: so it is in here.
const hashOfPlace = (place: string): Promise<string> => sha256(new TextEncoder().encode(place));

/** The bytes themselves, wherever they are. */
export function contentIdentity(hash: string): string {
  return `sha256:${hash}`;
}

/** Size and time of change of a local file. */
export async function statIdentity(path: string, { size, mtimeMs }: FileStat): Promise<string> {
  return `stat:${await hashOfPlace(path)}:${size}:${mtimeMs}`;
}

/** Size and time of change of a `File`. */
export async function fileIdentity({
  name = '',
  size,
  lastModified,
}: Pick<FileLike, 'name' | 'size' | 'lastModified'>): Promise<string> {
  return `stat:${await hashOfPlace(name)}:${size}:${lastModified}`;
}

/** What a server calls its version. */
export async function servedIdentity(url: string, { header, value }: ServedVersion): Promise<string> {
  return `${header}:${await hashOfPlace(url)}:${value}`;
}

/** What a user's own function says. */
export async function probedIdentity(place: string, said: string): Promise<string> {
  return `probe:${await hashOfPlace(place)}:${said}`;
}
