import { Document, isScalar, visit } from 'yaml';
import { describe, invalidArgument } from '../errors/pipeline-errors.ts';
import { isPipeline, type Pipeline } from '../pipeline/define.ts';
import { isTableStep, type TableStep } from '../pipeline/step.ts';
import type { Contributions } from '../plugin/contributions.ts';
import { writeParams } from './write-params.ts';
import { writeStep } from './write-step.ts';
import { isRefusedKey } from './yaml-text.ts';

/** What {@link pipelineToYaml} needs. */
export interface PipelineToYamlOptions {
  /** The connectors and checks that there are: `contributions(plugins)`. */
  readonly registry: Contributions;
}

/** A part of a pipeline that YAML cannot hold. */
export interface Unwritten {
  /** The step that it is of; undefined for params. */
  readonly step?: string;
  /** Such as `the step`, `option 'rollback'`, `param 'minDelay'`. */
  readonly what: string;
  readonly why: string;
}

/** A pipeline as YAML. */
export interface PipelineYaml {
  readonly yaml: string;
  /** What is not in it; empty when {@link pipelineFromYaml} makes an equal pipeline of it. */
  readonly unwritten: readonly Unwritten[];
}

/**
 * Writes a pipeline as YAML, so that `pipelineFromYaml` makes an equal one of it: with equal plans and fingerprints. What
 * cannot be written (functions, values that are bound in SQL, connectors that no plugin has) is left out and named, here
 * and in a comment at the top.
 *
 * @throws CairnError `invalid_argument` for what is no pipeline
 */
export function pipelineToYaml(pipeline: Pipeline, { registry }: PipelineToYamlOptions): PipelineYaml {
  if (!isPipeline(pipeline))
    throw invalidArgument('pipelineToYaml', `takes what definePipeline returns, not ${describe(pipeline)}`);
  const unwritten: Unwritten[] = [];
  const { params, unwritten: ofParams } = writeParams(pipeline.params);
  for (const { param, why } of ofParams)
    unwritten.push({ what: param === undefined ? 'params' : `param '${param}'`, why });

  const steps = Object.values(pipeline.processes).flatMap((process) => process.steps);
  const handles = new Map(steps.filter(isTableStep).map((step): [string, TableStep] => [step.name, step]));
  const tables = new Map([...handles.keys()].map((name) => [name.toLowerCase(), name]));
  const processes = Object.entries(pipeline.processes).map(
    ([name, { steps: listed, after, description }]) => {
      if (isRefusedKey(name))
        unwritten.push({ what: `the name of the process '${name}'`, why: 'JavaScript keeps it for itself' });
      const entries = listed.flatMap((step) => {
        const leaveOut = (what: string, why: string): void =>
          void unwritten.push({ step: step.name, what, why });
        return writeStep(step, { pipeline: pipeline.name, registry, tables, handles, leaveOut }) ?? [];
      });
      if (after.length === 0 && description === undefined) return [name, entries] as const;
      return [
        name,
        {
          ...(description === undefined ? {} : { description }),
          ...(after.length === 0 ? {} : { after }),
          steps: entries,
        },
      ] as const;
    },
  );
  const document = {
    name: pipeline.name,
    ...(params === undefined ? {} : { params }),
    ...(pipeline.checkpoint === undefined ? {} : { checkpoint: pipeline.checkpoint }),
    processes: Object.fromEntries(processes),
  };
  // References of the library's own would be read, and by nobody with ease.
  const made = new Document(document, { aliasDuplicateObjects: false });
  visit(made, {
    Pair(_, { key }) {
      // Without quotes it merges in YAML 1.1.
      if (isScalar(key) && key.value === '<<') key.type = 'QUOTE_DOUBLE';
    },
  });
  const text = made.toString({ lineWidth: 0, blockQuote: 'literal' });
  return { yaml: `${unwritten.map(comment).join('')}${text}`, unwritten };
}

function comment({ step, what, why }: Unwritten): string {
  const of = step === undefined ? what : what === 'the step' ? `step '${step}'` : `${what} of step '${step}'`;
  return `# Not written: ${of}: ${why}\n`.replaceAll(/\n(?=.)/g, ' ');
}
