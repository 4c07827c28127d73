import fc from 'fast-check';
import { memoryStore } from '@cairn/core';
import { fsStore } from '@cairn/node';
import { expect, test } from 'vitest';
import { sharedEngine, temporaryFolder } from '../run/fixtures.ts';
import { cosmeticEdits, realEdits, type EditGene } from './edits.ts';
import { carryOut, noTotals, type Case } from './oracle.ts';
import type { Gene } from './recipe.ts';

const count = Number(process.env['CAIRN_ORACLE_CASES'] ?? 500);
const seed = Number(process.env['CAIRN_SEED'] ?? 20_261_122);

const isThorough = process.env['CAIRN_ORACLE_CASES'] !== undefined;

const engine = sharedEngine();
const folder = temporaryFolder();

const arbitraryGene: fc.Arbitrary<Gene> = fc.record({
  kind: fc.nat(999),
  inputs: fc.tuple(fc.nat(11), fc.nat(11), fc.nat(11)),
  form: fc.nat(999),
  constant: fc.nat(5),
  options: fc.nat(9999),
  rows: fc.array(fc.tuple(fc.nat(4), fc.nat(9)), { minLength: 1, maxLength: 4 }),
});
const arbitraryEdit: fc.Arbitrary<EditGene> = fc.record({
  edit: fc.oneof(fc.constantFrom(...cosmeticEdits), fc.constantFrom(...realEdits)),
  target: fc.nat(999),
  value: fc.nat(999),
  gene: arbitraryGene,
});
// Mostly small: most of what goes wrong does so among few steps, and each step is computed several times.
const arbitraryCase: fc.Arbitrary<Case> = fc.record({
  genes: fc.oneof(
    { weight: 4, arbitrary: fc.array(arbitraryGene, { minLength: 1, maxLength: 4, size: 'max' }) },
    { weight: 1, arbitrary: fc.array(arbitraryGene, { minLength: 5, maxLength: 12, size: 'max' }) },
  ),
  stages: fc.array(fc.array(arbitraryEdit, { minLength: 1, maxLength: 3, size: 'max' }), {
    minLength: 1,
    maxLength: 3,
    size: 'max',
  }),
});

test(
  `what is reused is what full recomputation makes, and cosmetic edits make nothing run: ${count} random pipelines`,
  { timeout: 3_600_000 },
  async () => {
    const totals = noTotals();
    const createStore = (number: number) =>
      number % 25 === 0 ? fsStore({ root: `${folder}/store-${number}` }) : memoryStore();
    const begin = performance.now();
    await fc.assert(
      fc.asyncProperty(arbitraryCase, (one) =>
        carryOut(one, { engine, folder, createStore, totals, isThorough }),
      ),
      {
        seed,
        numRuns: count,
        ...(process.env.CAIRN_PATH ? { path: process.env.CAIRN_PATH } : {}),
        endOnFailure: process.env['CAIRN_NO_SHRINK'] !== undefined,
      },
    );
    const { cases, runs, steps, ran, reused, cosmetic, needless } = totals;
    console.log(
      `${cases} cases, ${runs} runs of ${steps} steps: ${ran} ran, ${reused} reused, ${needless.length} of those that ran need not have;` +
        ` ${cosmetic} runs after cosmetic edits alone (seed ${seed}, ${Math.round(performance.now() - begin)} ms)`,
    );
    expect(totals.cosmeticReruns).toBe(0);
    expect(needless).toEqual([]);
  },
);
