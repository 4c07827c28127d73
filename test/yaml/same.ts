import { compile, pipelineFingerprint, type Pipeline, type Plan } from '@cairn/core';
import { expect } from 'vitest';
import { fingerprintComponents } from '../../packages/core/dist/checkpoint/fingerprint.js';

const engine = { name: 'e', dialect: 'duckdb', version: '1', settings: {} };

/** All that a plan says, but for functions, and for white space and comments in SQL. */
function said({ steps, ...plan }: Plan): unknown {
  return {
    ...plan,
    steps: steps.map((step) => {
      const {
        chunks: _,
        retry,
        checks,
        run: __,
        connector,
        ...rest
      } = step as unknown as Record<string, unknown> & {
        readonly retry?: object;
        readonly checks: readonly { readonly check: unknown; readonly options: unknown }[];
        readonly connector?: { readonly type: string; readonly location: object; readonly options: object };
      };
      const { retries: ___, ...policy } = (retry ?? {}) as Record<string, unknown>;
      return {
        ...rest,
        retry: policy,
        // What its options are is in `described` too, without the handles in them.
        checks: checks.map(({ check: ____, options: _____, ...planned }) => planned),
        connector: connector && {
          type: connector.type,
          location: connector.location,
          options: connector.options,
        },
      };
    }),
  };
}

/** Expects two pipelines to be one: equal plans, and equal fingerprints of the pipeline and of every step. */
export async function expectSame(one: Pipeline, other: Pipeline, params: object = {}): Promise<void> {
  const [plan, again] = await Promise.all([compile(one, params as never), compile(other, params as never)]);
  expect(said(again)).toEqual(said(plan));
  expect(await pipelineFingerprint(again)).toBe(await pipelineFingerprint(plan));
  for (const [index, step] of plan.steps.entries()) {
    const facts = { pipeline: plan.pipeline, engine, inputs: {}, identity: 'x' };
    expect(fingerprintComponents(again.steps[index] as never, facts)).toEqual(
      fingerprintComponents(step, facts),
    );
  }
}
