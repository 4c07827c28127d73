import schema from '@cairn/core/pipeline.schema.json' with { type: 'json' };
import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
} from '@codemirror/autocomplete';
import type { Extension } from '@codemirror/state';
import { completeSql } from '../../state/complete-sql.ts';
import { completeYaml } from '../../state/complete-yaml.ts';
import type { Known, Suggestion, Suggestions } from '../../state/completion.ts';
import { lastDefined } from '../../state/definition.ts';
import { sqlSteps } from '../../state/editor-text.ts';
import { pipelineFormat } from '../../state/pipeline-format.ts';
import { stepOf, type DocumentId, type EditorDocuments } from './editor-documents.ts';

const format = pipelineFormat(schema);

/** Offers what may be meant, of what the pipeline, its stored tables and the engine say. */
export function completions(documents: EditorDocuments, id: DocumentId): Extension {
  const step = stepOf(id);
  const source = async (context: CompletionContext): Promise<CompletionResult | null> => {
    const { state, pos, explicit } = context;
    const text = state.doc.toString();
    const known = knownOf(documents);
    let found: Suggestions | undefined;
    if (step !== undefined) found = completeSql(text, pos, step, known);
    else {
      const { types } = await documents.session.bench();
      const statements = sqlSteps(text).map(({ name, sql }) => ({
        step: name,
        text: sql.text,
        from: sql.from,
        to: sql.to,
        offset: (at: number) => sql.offset(at),
      }));
      found = completeYaml(text, pos, statements, known, types, format);
    }
    if (found === undefined || (!explicit && !isWorthIt(text, found.from, pos))) return null;
    return { from: found.from, options: found.options.map(optionOf), validFor: /^[\w$]*$/ };
  };
  return autocompletion({ override: [source], icons: false, maxRenderedOptions: 60 });
}

/** Behind a space nothing is offered unasked, but behind a `.` and a `$` it is. */
function isWorthIt(text: string, from: number, at: number): boolean {
  return at > from || /[.$]$/.test(text.slice(0, at));
}

function knownOf({ session, knowledge }: EditorDocuments): Known {
  const plan = lastDefined(session.definition.getSnapshot())?.plan;
  const { columns, functions } = knowledge.getSnapshot();
  return {
    steps:
      plan?.steps.flatMap(({ name, kind }) => (kind === 'sink' || kind === 'effect' ? [] : [name])) ?? [],
    processes: plan?.processes.map(({ name }) => name) ?? [],
    params: Object.keys(plan?.params ?? {}),
    columns,
    functions,
  };
}

function optionOf({ label, kind, detail, info, insert, boost = 0 }: Suggestion): Completion {
  return {
    label,
    type: kind,
    boost,
    ...(detail === undefined ? {} : { detail }),
    ...(info === undefined ? {} : { info }),
    ...(insert === undefined ? {} : { apply: insert }),
  };
}
