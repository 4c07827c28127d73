import * as v from 'valibot';
import { errorCodes } from '../errors/codes.ts';
import { didYouMean } from '../errors/suggest.ts';
import { isPlainObject } from '../pipeline/check.ts';
import type { CheckpointOption } from '../pipeline/plan.ts';
import type { Filled } from './references.ts';
import type { ConfigPath } from './source.ts';
import { checkOwn } from './validate.ts';
import { yamlLimits } from './yaml-limits.ts';
import type { OpenFile, PipelineFiles } from './pipeline-files.ts';
import {
  entrySchemas,
  openPlace,
  pipelineFileSchema,
  processSchema,
  type EntryKind,
  type ParamDeclaration,
} from './pipeline-schema.ts';

/** An entry of a process: a step as it is written, and where. */
export interface Entry {
  readonly kind: Exclude<EntryKind, 'include'>;
  readonly name: string;
  readonly process: string;
  /** Of the shape that its kind has. */
  readonly value: Readonly<Record<string, unknown>>;
  readonly path: ConfigPath;
  readonly file: OpenFile;
  /** The statement, and the file that it is in: this one or another. */
  readonly sql: { readonly text: string; readonly file: OpenFile } | undefined;
}

/** A pipeline as its files say, of which each part has the right shape. What had not was reported. */
export interface PipelineDocument {
  readonly name: string;
  readonly params: Readonly<Record<string, ParamDeclaration>> | undefined;
  readonly checkpoint: CheckpointOption | undefined;
  readonly processes: readonly {
    readonly name: string;
    readonly after: readonly string[];
    readonly description: string | undefined;
    readonly path: ConfigPath;
  }[];
  readonly entries: readonly Entry[];
  /** Some entries are not among them, for they could not be read. */
  readonly isPartial: boolean;
  readonly file: OpenFile;
}

const anything = openPlace();
const schemas = entrySchemas({
  source: anything,
  sink: anything,
  transform: anything,
  check: anything,
  errorCode: v.picklist(errorCodes, 'must be an error code (docs/errors.md)'),
});
const fileSchema = pipelineFileSchema(v.unknown());
const wholeProcess = processSchema(v.unknown());
const asWritten: Filled = { value: undefined, references: new Map() };
/** Stands for what could not be read, and was reported. */
const unread = Symbol('unread');
type Read = Entry | typeof unread;
const heads = ['source', 'step', 'fanIn', 'sink', 'include'] as const;

/** Reads a pipeline and the files that it names, and checks the shape of each part by itself. */
export async function readDocument(
  text: string,
  file: string | undefined,
  files: PipelineFiles,
): Promise<PipelineDocument> {
  const { value, file: first } = files.yaml(text, file);
  const whole = checkOwn(fileSchema, value ?? {}, [], asWritten, first.report);
  const given = (isPlainObject(whole) ? whole : isPlainObject(value) ? value : {}) as {
    readonly name?: string;
    readonly params?: Readonly<Record<string, ParamDeclaration>>;
    readonly checkpoint?: CheckpointOption;
    readonly processes?: unknown;
  };
  if (isPlainObject(given.processes) && Object.keys(given.processes).length === 0)
    first.report.add({ path: ['processes'], message: 'must have at least one process' });
  const all: Read[] = [];
  const processes: PipelineDocument['processes'][number][] = [];
  for (const [name, process] of Object.entries(isPlainObject(given.processes) ? given.processes : {})) {
    const path = ['processes', name];
    const isList = Array.isArray(process);
    const shape = isList
      ? { steps: process as unknown }
      : (checkOwn(wholeProcess, process, path, asWritten, first.report) ??
        (isPlainObject(process) ? process : {}));
    const { steps, after, description } = shape as {
      readonly steps?: unknown;
      readonly after?: readonly string[];
      readonly description?: string;
    };
    processes.push({ name, after: Array.isArray(after) ? after : [], description, path });
    if (steps === undefined) continue;
    const read = await readList(steps, isList ? path : [...path, 'steps'], name, first, files);
    if (read.length === 0 && Array.isArray(steps) && steps.length === 0)
      first.report.add({ path, message: `the process '${name}' has no steps` });
    for (const entry of read) all.push(entry);
  }
  // What has a wrong shape is not looked at any further.
  if (whole === undefined) files.check();
  const entries = all.filter((entry) => entry !== unread);
  return {
    name: given.name ?? '',
    params: given.params,
    checkpoint: given.checkpoint,
    processes,
    entries,
    isPartial: entries.length < all.length,
    file: first,
  };
}

async function readList(
  list: unknown,
  path: ConfigPath,
  process: string,
  file: OpenFile,
  files: PipelineFiles,
): Promise<Read[]> {
  const entries: Read[] = [];
  if (!Array.isArray(list)) {
    file.report.add({ path, message: 'must be a list of steps' });
    return [unread];
  }
  for (const [index, item] of (list as readonly unknown[]).entries()) {
    const at = [...path, index];
    const kind = kindOf(item, at, file);
    const value =
      kind && (checkOwn(schemas[kind], item, at, asWritten, file.report) as Entry['value'] | undefined);
    if (kind === undefined || value === undefined) {
      entries.push(unread);
      continue;
    }
    if (kind === 'include') {
      for (const entry of await included(String(value['include']), at, process, file, files))
        entries.push(entry);
      continue;
    }
    const name = String(value[kind === 'sql' || kind === 'sqlFile' || kind === 'transform' ? 'step' : kind]);
    const sql = await statementOf(kind, value, at, file, files);
    if (kind === 'sqlFile' && sql === undefined) entries.push(unread);
    else entries.push({ kind, name, process, value, path: at, file, sql });
  }
  return entries;
}

async function statementOf(
  kind: Entry['kind'],
  value: Entry['value'],
  path: ConfigPath,
  file: OpenFile,
  files: PipelineFiles,
): Promise<Entry['sql']> {
  if (kind === 'sql') return { text: String(value['sql']), file };
  if (kind !== 'sqlFile') return undefined;
  const loaded = await files.load(String(value['sqlFile']), file, [...path, 'sqlFile']);
  return loaded && { text: loaded.text, file: files.sql(loaded) };
}

async function included(
  name: string,
  path: ConfigPath,
  process: string,
  from: OpenFile,
  files: PipelineFiles,
): Promise<Read[]> {
  const at = [...path, 'include'];
  const loaded = await files.load(name, from, at);
  if (loaded === undefined) return [unread];
  const refuse = (message: string): Read[] => {
    from.report.add({ path: at, message });
    return [unread];
  };
  if (from.chain.includes(loaded.file))
    return refuse(`includes itself: ${[...from.chain, loaded.file].join(' -> ')}`);
  if (from.chain.length >= yamlLimits.includeDepth)
    return refuse(`is more than ${yamlLimits.includeDepth} files inside one another`);
  const { value, file } = files.yaml(loaded.text, loaded.file, from);
  return readList(value, [], process, file, files);
}

/** What an entry is, by its keys. */
function kindOf(item: unknown, path: ConfigPath, { report }: OpenFile): EntryKind | undefined {
  const refuse = (message: string): undefined => {
    report.add({ path, message });
    return undefined;
  };
  if (!isPlainObject(item))
    return refuse(`must be an object with ${heads.slice(0, -1).join(', ')} or ${heads.at(-1)}`);
  const has = (key: string): boolean => Object.hasOwn(item, key);
  if (has('effect'))
    return refuse(
      'an effect is a function, which YAML cannot hold: use a sink, or write the pipeline in TypeScript',
    );
  const [head, second] = heads.filter(has);
  if (head === undefined) {
    const near = Object.keys(item).find((key) => didYouMean(key, heads) !== '');
    if (near === undefined)
      return refuse(`has none of the keys ${heads.join(', ')}, one of which says what it is`);
    report.add({ path: [...path, near], known: heads, message: `unknown key (known: ${heads.join(', ')})` });
    return undefined;
  }
  if (second !== undefined) return refuse(`has '${head}' and '${second}', and is one of them`);
  if (head !== 'step') return head;
  const ways = (['sql', 'sqlFile', 'transform'] as const).filter(has);
  if (ways.length > 1) return refuse(`has '${ways.join("' and '")}', and is made in one way`);
  return ways[0] ?? 'sql';
}
