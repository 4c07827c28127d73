import type { ErrorFacts, StepSnapshot } from '@cairn/core';
import type { YamlStep } from '@cairn/core/yaml';
import { offsetIn } from './complete-yaml.ts';
import type { EditorKnowledge } from './editor-knowledge.ts';
import { stepsIn } from './editor-text.ts';
import type { Session } from './session.ts';
import { placeOfSqlError, wordAt, wordsOfSqlError, type Span } from './sql-fault.ts';
import { createStore, type Readable } from './store.ts';

/** Something wrong in a project, and where in its texts. */
export interface Fault {
  readonly message: string;
  /** Who says so: the pipeline's reader, the plan of the next run, the last run, or DuckDB while one types. */
  readonly from: 'pipeline' | 'plan' | 'run' | 'engine';
  /** The step that it is in; undefined for what is not in one. */
  readonly step: string | undefined;
  /** Where in the YAML; undefined for what is not about the text, such as a param's value. */
  readonly yaml: Span | undefined;
  /** Where in the step's statement. */
  readonly sql: Span | undefined;
  /** From 1, of the YAML, and of the statement. */
  readonly line: number | undefined;
  readonly sqlLine: number | undefined;
}

/** Keeps up with all that is wrong in a project, in the order of the text. */
export function followFaults(
  session: Session,
  knowledge: Readable<EditorKnowledge>,
): Readable<readonly Fault[]> {
  const store = createStore<readonly Fault[]>([]);
  /** What the entries of steps were when they failed. */
  const failed = new Map<string, { readonly error: ErrorFacts; readonly entry: string | undefined }>();

  const look = (): void => {
    const definition = session.definition.getSnapshot();
    // What is being read was right or wrong a moment ago, and the editor moves what it shows along.
    if (definition.status === 'reading') return;
    const { yaml } = session.project.getSnapshot();
    const steps = stepsIn(yaml);
    const place = placer(yaml, steps);
    const faults: Fault[] = [];
    if (definition.status === 'invalid') {
      for (const { line, column, message, suggestion } of definition.issues)
        faults.push(
          place.atLine(
            'pipeline',
            suggestion === undefined ? message : `${message}; did you mean '${suggestion}'?`,
            line,
            column,
          ),
        );
      if (definition.issues.length === 0)
        faults.push(place.atLine('pipeline', definition.error.message, undefined, undefined));
    }
    const { faults: bound } = knowledge.getSnapshot();
    for (const step of steps) {
      if (faults.some((fault) => fault.step === step.name)) continue;
      const engine = definition.status === 'defined' ? bound.get(step.name) : undefined;
      const before = failed.get(step.name);
      if (engine !== undefined)
        faults.push(place.inSql('engine', step, engine.message, engine.words, engine.linesBefore));
      else if (before !== undefined && before.entry === entryOf(yaml, step))
        faults.push(place.ofError('run', step, before.error));
      else {
        const forecast = session.forecast.getSnapshot();
        const ahead = forecast.status === 'known' ? forecast.plan.steps.get(step.name) : undefined;
        if (ahead?.decision === 'blocked' && ahead.error !== undefined)
          faults.push(place.ofError('plan', step, { type: 'Error', message: ahead.error.message }));
      }
    }
    const next = distinct(faults).toSorted((one, other) => (one.yaml?.from ?? -1) - (other.yaml?.from ?? -1));
    if (JSON.stringify(next) !== JSON.stringify(store.getSnapshot())) store.set(next);
  };

  let seen: string | undefined;
  const noteRun = (): void => {
    const { run } = session.view.getSnapshot();
    const errors = [...(run?.steps.values() ?? [])].filter(isFailed);
    const key = JSON.stringify([run?.runId, errors.map(({ name }) => name)]);
    if (key === seen) return;
    seen = key;
    const { yaml } = session.project.getSnapshot();
    const steps = new Map(stepsIn(yaml).map((step) => [step.name, step]));
    const before = new Map(failed);
    failed.clear();
    for (const { name, error } of errors) {
      const step = steps.get(name);
      failed.set(name, before.get(name) ?? { error, entry: step && entryOf(yaml, step) });
    }
    look();
  };
  session.definition.subscribe(look);
  session.forecast.subscribe(look);
  session.view.subscribe(noteRun);
  knowledge.subscribe(look);
  look();
  noteRun();
  return store;
}

/** A text that is no YAML is told of again and again in one place. */
function distinct(faults: readonly Fault[]): readonly Fault[] {
  const keys = faults.map(({ line, message }) => `${line} ${message}`);
  return faults.filter((_fault, index) => keys.indexOf(keys[index] ?? '') === index);
}

function isFailed(step: StepSnapshot): step is StepSnapshot & { readonly error: ErrorFacts } {
  return step.status === 'failed' && step.error !== undefined;
}

const entryOf = (yaml: string, { from, to }: YamlStep): string => yaml.slice(from, to).trimEnd();

/** Puts faults where they are. */
function placer(yaml: string, steps: readonly YamlStep[]) {
  const lines = lineStarts(yaml);
  const lineOf = (at: number): number => {
    const next = lines.findIndex((start) => start > at);
    return next === -1 ? lines.length : next;
  };
  const ofStep = (from: Fault['from'], step: YamlStep, message: string): Fault => {
    const span = { from: step.nameFrom, to: step.nameFrom + step.name.length };
    return {
      message,
      from,
      step: step.name,
      yaml: span,
      sql: undefined,
      line: lineOf(span.from),
      sqlLine: undefined,
    };
  };
  const inSql = (
    from: Fault['from'],
    step: YamlStep,
    message: string,
    words: string,
    linesBefore: number,
  ): Fault => {
    const { sql } = step;
    const span = sql && placeOfSqlError(message, sql.text, linesBefore);
    if (sql === undefined || span === undefined) {
      const whole = sql && firstLine(sql.text);
      return { ...ofStep(from, step, words), sql: whole, sqlLine: whole && 1 };
    }
    const start = sql.offset(span.from);
    const yamlSpan = { from: start, to: Math.max(sql.offset(span.to), start + 1) };
    return {
      message: words,
      from,
      step: step.name,
      yaml: yamlSpan,
      sql: span,
      line: lineOf(start),
      sqlLine: lineIn(sql.text, span),
    };
  };
  return {
    inSql,
    atLine(
      from: Fault['from'],
      message: string,
      line: number | undefined,
      column: number | undefined,
    ): Fault {
      const start = line === undefined ? undefined : lines[line - 1];
      if (start === undefined)
        return {
          message,
          from,
          step: undefined,
          yaml: undefined,
          sql: undefined,
          line: undefined,
          sqlLine: undefined,
        };
      const at = Math.min(start + (column ?? 1) - 1, yaml.length);
      const step = steps.find((one) => one.from <= at && at < one.to);
      const span = wordAt(yaml, at);
      const { sql } = step ?? {};
      const inside =
        sql !== undefined && step !== undefined && sql.from <= at && at < sql.to
          ? offsetIn({ text: sql.text, offset: (offset) => sql.offset(offset) }, at)
          : undefined;
      const sqlSpan = sql === undefined || inside === undefined ? undefined : wordAt(sql.text, inside);
      return {
        message,
        from,
        step: step?.name,
        yaml: span,
        sql: sqlSpan,
        line,
        sqlLine: sqlSpan && lineIn(sql?.text ?? '', sqlSpan),
      };
    },
    ofError(from: Fault['from'], step: YamlStep, error: ErrorFacts): Fault {
      const sqlError = inChain(error, 'The SQL failed: ');
      if (sqlError !== undefined)
        return inSql(from, step, sqlError.message, wordsOfSqlError(sqlError.message), 0);
      const words = error.message.replace(/^Step '[^']*' of pipeline '[^']*': /, '').split('\n')[0] ?? '';
      return ofStep(from, step, words);
    },
  };
}

function inChain(error: ErrorFacts, words: string): ErrorFacts | undefined {
  if (error.cause !== undefined) {
    const deeper = inChain(error.cause, words);
    if (deeper !== undefined) return deeper;
  }
  return error.message.includes(words) ? error : undefined;
}

function lineIn(text: string, { from }: Span): number {
  return text.slice(0, from).split('\n').length;
}

function firstLine(text: string): Span {
  const end = text.indexOf('\n');
  return { from: 0, to: end === -1 ? text.length : end };
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
