import { errorFacts, isCairnError, type ErrorFacts, type RunResult, type Runner } from '@cairn/core';
import { formatOf, headBytes } from './data-format.ts';
import type { GivenFile, Project, ProjectFile, World } from './ports.ts';
import { sampleOf, type TableSample } from './read-rows.ts';
import { pathOf, stepNameOf } from './step-names.ts';
import { writePipeline } from './write-pipeline.ts';

/** A file that is being read, or was. */
export interface ReadFile {
  readonly name: string;
  readonly size: number;
  /** Where it stands in the project. */
  readonly path: string;
  readonly step: string;
  /** The connector, and what it is told. */
  readonly type: string;
  readonly options: Readonly<Record<string, string>>;
  readonly kept?: ProjectFile | undefined;
  readonly sample?: TableSample | undefined;
  /** Why it could not be read. */
  readonly error?: ErrorFacts | undefined;
}

/** Files before they are read. */
export interface Begun {
  readonly project: string;
  readonly title: string;
  readonly files: readonly ReadFile[];
  readonly given: readonly GivenFile[];
  /** The text of a pipeline that was among them. */
  readonly pipeline: string | undefined;
  readonly error: ErrorFacts | undefined;
}

/** Finds out what each file is. */
export async function begin(given: readonly GivenFile[]): Promise<Begun> {
  const data: GivenFile[] = [];
  const files: ReadFile[] = [];
  const pipelines: GivenFile[] = [];
  for (const file of given) {
    const { name, size } = file;
    const path = pathOf(
      name,
      files.map((one) => one.path),
    );
    const step = stepNameOf(
      name,
      files.map((one) => one.step),
    );
    const base = { name, size, path, step, type: 'csv', options: {} };
    try {
      const head = new Uint8Array(await file.blob.slice(0, headBytes).arrayBuffer());
      const format = formatOf(name, head);
      if (format.type === 'yaml') {
        pipelines.push(file);
        continue;
      }
      if (format.type === 'unknown') throw new Error(`'${name}' cannot be read: ${format.why}`);
      if (size === 0) throw new Error(`'${name}' is empty`);
      files.push({ ...base, type: format.type, options: format.options });
    } catch (error) {
      const isGone = error instanceof DOMException;
      files.push({
        ...base,
        error: errorFacts(
          isGone ? new Error(`'${name}' cannot be read: it may be a folder, or gone`) : error,
        ),
      });
    }
    data.push(file);
  }
  const [pipeline] = pipelines;
  const first = (pipeline ?? given[0])?.name.replace(/\.(?:gz|[^.]*)$/i, '').replace(/\.[^.]*$/, '') ?? '';
  const text = await pipeline?.blob.text();
  const named = text === undefined ? undefined : /^name:\s*["']?([\w.-]+)/m.exec(text)?.[1];
  const title = named ?? (files.length > 1 && pipeline === undefined ? `${first} and more` : first);
  return {
    project: `${slugOf(title)}-${crypto.randomUUID().slice(0, 8)}`,
    title,
    files,
    given: data,
    pipeline: text,
    error:
      pipelines.length > 1
        ? errorFacts(new Error('Several pipelines were dropped: open one at a time'))
        : undefined,
  };
}

/** Keeps a pipeline that was dropped as text, and the files beside it where the text names them. */
export async function keepPipeline(
  world: World,
  { project, title, given }: Begun,
  yaml: string,
): Promise<string> {
  const paths = Array.from(yaml.matchAll(/\bpath:\s*["']?([^\s,}"']+)/g), ([, path]) => path ?? '');
  const files: ProjectFile[] = [];
  for (const file of given) {
    const named = paths.find((path) => path === file.name || path.endsWith(`/${file.name}`));
    files.push(await world.files.keep(project, named ?? `data/${file.name}`, file));
  }
  await world.shelf.save({ id: project, title, yaml, params: {}, files });
  return project;
}

/** Keeps files in the project's folder and reads them, as the project will. What is wrong with a file is told in its place. */
export async function readAll(
  world: World,
  { project, title, files, given }: Begun,
  { signal, tell }: { readonly signal: AbortSignal; readonly tell: (part: object) => void },
): Promise<void> {
  let current = files;
  const note = (path: string, part: Partial<ReadFile>): void => {
    current = current.map((file) => (file.path === path ? { ...file, ...part } : file));
    tell({ files: current });
  };
  for (const [index, file] of files.entries()) {
    const source = given[index];
    if (file.error !== undefined || source === undefined) continue;
    try {
      note(file.path, { kept: await world.files.keep(project, file.path, source) });
    } catch (error) {
      note(file.path, { error: errorFacts(error) });
    }
  }
  const whole = current.filter(({ error }) => error === undefined);
  if (whole.length === 0 || signal.aborted) return;
  const workshop = await world.workshop();
  const pipeline = await workshop.read(writePipeline(slugOf(title), whole));
  const { runner, runs } = workshop.bench(project);
  const unwatch = runs.view.subscribe(() => tell({ loading: runs.view.getSnapshot().run?.engineLoading }));
  try {
    const result = await resultOf(runner.start(pipeline, {}, { correlationId: project, signal }).result);
    for (const { path, step } of whole) {
      const error = result.steps.get(step)?.error;
      if (error === undefined) note(path, { sample: await sampleOf(runner, project, step) });
      else note(path, { error: errorFacts(error) });
    }
  } finally {
    unwatch();
    // It was no run of the project's yet.
    runs.view.reset();
    if (signal.aborted) await forget(runner, project);
  }
}

async function forget(runner: Runner, project: string): Promise<void> {
  await runner.cleanupCorrelation(project).catch(() => undefined);
}

async function resultOf(running: Promise<RunResult>): Promise<RunResult> {
  try {
    return await running;
  } catch (error) {
    const result = isCairnError(error, 'run_failed') ? error.details['result'] : undefined;
    if (result === undefined) throw error;
    return result as RunResult;
  }
}

/** The project that files become. */
export function projectOf(id: string, title: string, files: readonly ReadFile[]): Project {
  const read = files.filter(({ error }) => error === undefined);
  const sources = read.map(({ step, type, path, options, sample }) => ({
    step,
    type,
    path,
    options,
    columns: sample?.columns,
  }));
  return {
    id,
    title: title.trim() === '' ? 'Untitled' : title.trim(),
    yaml: writePipeline(slugOf(title), sources),
    params: {},
    files: read.flatMap(({ kept }) => (kept === undefined ? [] : [kept])),
  };
}

/** A name of a pipeline, and the beginning of an id. */
export function slugOf(title: string): string {
  return (
    title
      .normalize('NFKD')
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-+|-+$/g, '')
      .slice(0, 40) || 'untitled'
  );
}
