import { isolateHistory } from '@codemirror/commands';
import { setDiagnostics, type Diagnostic } from '@codemirror/lint';
import {
  Annotation,
  EditorState,
  type Extension,
  type StateEffect,
  type Transaction,
} from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { yamlLimits } from '@cairn/core/yaml';
import { lastDefined } from '../../state/definition.ts';
import { downstreamOf } from '../../state/downstream.ts';
import { followFaults, type Fault } from '../../state/editor-faults.ts';
import { followKnowledge, type EditorKnowledge } from '../../state/editor-knowledge.ts';
import { forecastMarks } from '../../state/editor-marks.ts';
import { changeBetween, edited, shownSql, sqlEdit, sqlSteps, stepsIn } from '../../state/editor-text.ts';
import { lastPlan } from '../../state/forecast.ts';
import type { Session } from '../../state/session.ts';
import { createStore, type Readable } from '../../state/store.ts';
import { setStepMarks } from './step-marks.ts';

/** What the editor shows: the pipeline, or the SQL of a step. */
export type DocumentId = 'pipeline' | `sql:${string}`;

/** What there is to be edited, and what of it is open. */
export interface OpenDocuments {
  /** Steps that have their SQL in the pipeline's text, in the order of listing. */
  readonly steps: readonly string[];
  readonly open: DocumentId;
}

/** What an editor of a document is made of. */
export type ExtensionsOf = (documents: EditorDocuments, id: DocumentId) => Extension;

/** The step whose SQL a document is. */
export function stepOf(id: DocumentId): string | undefined {
  return id === 'pipeline' ? undefined : id.slice('sql:'.length);
}

/** What a change comes from that is none of the user's in this document. */
const fromElsewhere = Annotation.define<true>();

/**
 * The documents of a project, each with its own history, cursor and scroll place, which outlive the view that shows them.
 * The pipeline's text in the session is what counts: every change is written there at once, and what another document, or
 * something else, has changed there is taken over when a document is opened.
 */
export class EditorDocuments implements Readable<OpenDocuments> {
  readonly session: Session;
  readonly knowledge: Readable<EditorKnowledge>;
  readonly faults: Readable<readonly Fault[]>;
  /** What was done last, in words, for a moment. */
  readonly notice: Readable<string>;
  readonly #notice = createStore('');
  readonly #store = createStore<OpenDocuments>({ steps: [], open: 'pipeline' });
  readonly #states = new Map<DocumentId, EditorState>();
  readonly #scrolls = new Map<DocumentId, StateEffect<unknown>>();
  readonly #extensions: (id: DocumentId) => Extension;
  #view: EditorView | undefined;
  /** Whether the text is being changed by this one. */
  #isWriting = false;

  constructor(session: Session, extensionsOf: ExtensionsOf) {
    this.session = session;
    this.#extensions = (id) => extensionsOf(this, id);
    this.notice = this.#notice;
    this.knowledge = followKnowledge(session);
    this.faults = followFaults(session, this.knowledge);
    this.#listSteps();
    session.project.subscribe(() => this.#follow());
    session.definition.subscribe(() => this.#listSteps());
    session.selected.subscribe(() => this.#followSelected());
    session.forecast.subscribe(() => this.#showMarks());
    this.faults.subscribe(() => this.#showFaults());
    this.#followSelected();
  }

  readonly getSnapshot = (): OpenDocuments => this.#store.getSnapshot();
  readonly subscribe = (listener: () => void): (() => void) => this.#store.subscribe(listener);

  /** Shows the documents in a place, until the function that it returns is called. */
  mount(place: ShadowRoot): () => void {
    const view = new EditorView({
      parent: place,
      root: place,
      state: this.#stateOf(this.#open),
      dispatchTransactions: (transactions, own) => this.#dispatch(transactions, own),
    });
    this.#view = view;
    this.#decorate();
    return () => {
      this.#keep();
      this.#view = undefined;
      view.destroy();
    };
  }

  /** The text of the pipeline. */
  get yaml(): string {
    return this.session.project.getSnapshot().yaml;
  }

  get #open(): DocumentId {
    return this.#store.getSnapshot().open;
  }

  /** Opens a document. */
  open(id: DocumentId): void {
    if (id === this.#open) return;
    this.#keep();
    this.#store.patch({ open: id });
    const view = this.#view;
    if (view === undefined) return;
    view.setState(this.#stateOf(id));
    const scroll = this.#scrolls.get(id);
    if (scroll !== undefined) view.dispatch({ effects: scroll });
    this.#decorate();
  }

  /** Goes to something wrong, in the document that is open where it is in that. */
  goTo(fault: Fault): void {
    const step = stepOf(this.#open);
    if (step !== undefined && (fault.step !== step || fault.sql === undefined)) this.open('pipeline');
    const span = this.#spanOf(fault);
    const view = this.#view;
    if (view === undefined || span === undefined) return;
    const length = view.state.doc.length;
    view.dispatch({
      selection: { anchor: Math.min(span.from, length), head: Math.min(span.to, length) },
      effects: [
        EditorView.scrollIntoView(Math.min(span.from, length), { y: 'center' }),
        EditorView.announce.of(fault.message),
      ],
    });
    view.focus();
  }

  /** Goes to the next thing that is wrong in the open document, or the one before; false where there is none. */
  goToNext(direction: 1 | -1): boolean {
    const view = this.#view;
    const found = this.faults.getSnapshot().filter((fault) => this.#spanOf(fault) !== undefined);
    if (view === undefined || found.length === 0) return false;
    const { from, empty } = view.state.selection.main;
    const at = (fault: Fault): number => this.#spanOf(fault)?.from ?? 0;
    const beyond =
      direction === 1
        ? found.find((fault) => at(fault) > from || (empty && at(fault) === from))
        : found.findLast((fault) => at(fault) < from);
    this.goTo(beyond ?? (found.at(direction === 1 ? 0 : -1) as Fault));
    return true;
  }

  /** The step that the cursor is in. */
  stepAtCursor(): string | undefined {
    const own = stepOf(this.#open);
    if (own !== undefined) return own;
    const at = this.#view?.state.selection.main.head ?? 0;
    return stepsIn(this.yaml).findLast(({ from, to }) => from <= at && at <= to)?.name;
  }

  /** Runs the project: all of it, or the step at the cursor and what is made of it. */
  run(fromCursor: boolean): boolean {
    const { definition, run, view, start } = this.session;
    const isElsewhere = view.getSnapshot().running === 'elsewhere';
    const isAtWork = ['running', 'canceling'].includes(run.getSnapshot().status);
    if (isElsewhere || isAtWork || definition.getSnapshot().status === 'invalid') return true;
    const plan = lastDefined(definition.getSnapshot())?.plan;
    const step = fromCursor ? this.stepAtCursor() : undefined;
    if (!fromCursor) void start();
    else if (plan !== undefined && step !== undefined) void start({ force: downstreamOf(plan, step) });
    return true;
  }

  /** Replaces the whole text, which can be undone in the pipeline's document. */
  replaceYaml(yaml: string): void {
    this.open('pipeline');
    this.session.setYaml(yaml);
  }

  /** Takes over a file's text. */
  async openFile(file: File): Promise<void> {
    if (file.size > yamlLimits.characters) {
      this.#say(`${file.name} is too large to be a pipeline.`);
      return;
    }
    this.replaceYaml((await file.text()).replace(/^\uFEFF/, '').replaceAll(/\r\n?/g, '\n'));
    this.#say(`${file.name} is opened. Undo brings back what was here.`);
  }

  /** Says that there is nothing left to be saved. */
  noteSaved(): true {
    this.#say('Saved: every change is kept in this browser as you make it.');
    return true;
  }

  #say(words: string): void {
    this.#notice.set(words);
    setTimeout(() => {
      if (this.#notice.getSnapshot() === words) this.#notice.set('');
    }, 5000);
  }

  #keep(): void {
    const view = this.#view;
    if (view === undefined) return;
    this.#states.set(this.#open, view.state);
    this.#scrolls.set(this.#open, view.scrollSnapshot());
  }

  #textOf(id: DocumentId): string | undefined {
    const step = stepOf(id);
    if (step === undefined) return this.yaml;
    const sql = stepsIn(this.yaml).find((one) => one.name === step && one.sql !== undefined)?.sql;
    return sql && shownSql(sql.text);
  }

  /** The state of a document, with what was changed of its text meanwhile. */
  #stateOf(id: DocumentId): EditorState {
    const state = this.#states.get(id);
    if (state === undefined)
      return EditorState.create({ doc: this.#textOf(id) ?? '', extensions: this.#extensions(id) });
    const change = this.#newsFor(id, state);
    return change === undefined ? state : state.update(change).state;
  }

  #newsFor(id: DocumentId, state: EditorState) {
    const text = this.#textOf(id);
    const before = state.doc.toString();
    if (text === undefined || (id !== 'pipeline' && shownSql(before) === text)) return undefined;
    const changes = changeBetween(before, text);
    return changes && { changes, annotations: [fromElsewhere.of(true), isolateHistory.of('full')] };
  }

  #dispatch(transactions: readonly Transaction[], view: EditorView): void {
    view.update(transactions);
    const isTyped = transactions.some((one) => one.docChanged && one.annotation(fromElsewhere) !== true);
    if (isTyped) this.#write(view.state.doc.toString());
  }

  #write(text: string): void {
    const step = stepOf(this.#open);
    const edit = step === undefined ? undefined : sqlEdit(this.yaml, step, text);
    const yaml = step === undefined ? text : edit && edited(this.yaml, edit);
    if (yaml === undefined || yaml === this.yaml) return;
    this.#isWriting = true;
    this.session.setYaml(yaml);
    this.#isWriting = false;
  }

  #listSteps(): void {
    const definition = this.session.definition.getSnapshot();
    const { steps: before, open } = this.#store.getSnapshot();
    // A text that is no YAML for as long as a bracket or a quote is open has lost none of them.
    const isBroken = definition.status === 'invalid' && definition.issues.some(({ path }) => path === '');
    if (before.length > 0 && (isBroken || definition.status === 'reading')) return;
    const steps = sqlSteps(this.yaml).map(({ name }) => name);
    if (steps.join('\n') !== before.join('\n')) this.#store.patch({ steps });
    const step = stepOf(open);
    if (step !== undefined && !steps.includes(step)) this.open('pipeline');
  }

  /** What is in the session's text that the open document does not have yet. */
  #follow(): void {
    const view = this.#view;
    if (view === undefined || this.#isWriting) return;
    const change = this.#newsFor(this.#open, view.state);
    if (change !== undefined) view.dispatch(change);
  }

  #followSelected(): void {
    const step = this.session.selected.getSnapshot();
    if (step === undefined) return;
    if (this.#store.getSnapshot().steps.includes(step)) {
      this.open(`sql:${step}`);
      return;
    }
    const found = stepsIn(this.yaml).find(({ name }) => name === step);
    if (found === undefined) return;
    this.open('pipeline');
    this.#view?.dispatch({
      selection: { anchor: found.nameFrom, head: found.nameFrom + found.name.length },
      effects: EditorView.scrollIntoView(found.from, { y: 'start', yMargin: 40 }),
    });
  }

  /** Where something wrong is in the open document. */
  #spanOf({ step, yaml, sql }: Fault): Fault['yaml'] {
    const own = stepOf(this.#open);
    if (own === undefined) return yaml;
    return own === step ? sql : undefined;
  }

  #decorate(): void {
    this.#showFaults();
    this.#showMarks();
  }

  #showFaults(): void {
    const view = this.#view;
    if (view === undefined) return;
    const { length } = view.state.doc;
    const found = this.faults.getSnapshot().flatMap((fault): readonly Diagnostic[] => {
      const span = this.#spanOf(fault);
      if (span === undefined) return [];
      const from = Math.min(span.from, length);
      return [
        { from, to: Math.min(Math.max(span.to, from), length), severity: 'error', message: fault.message },
      ];
    });
    view.dispatch(setDiagnostics(view.state, found));
  }

  #showMarks(): void {
    const view = this.#view;
    if (view === undefined || this.#open !== 'pipeline') return;
    const forecast = this.session.forecast.getSnapshot();
    // What is being asked for was so a moment ago.
    if (forecast.status === 'asking') return;
    view.dispatch({ effects: setStepMarks.of(forecastMarks(this.yaml, lastPlan(forecast))) });
  }
}

const known = new WeakMap<Session, EditorDocuments>();

/** The documents of a session, the same ones each time. */
export function documentsOf(session: Session, extensionsOf: ExtensionsOf): EditorDocuments {
  const found = known.get(session) ?? new EditorDocuments(session, extensionsOf);
  known.set(session, found);
  return found;
}
