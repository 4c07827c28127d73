import fc from 'fast-check';
import { memoryStore } from '@cairn/core';
import { fsStore } from '@cairn/node';
import { expect, test } from 'vitest';
import { sharedEngine, temporaryFolder } from '../run/fixtures.ts';
import { arbitraryCase } from './arbitrary.ts';
import { carryOut, noTotals } from './oracle.ts';

const given = process.env['CAIRN_ORACLE_CASES'];
const path = process.env['CAIRN_PATH'];
const seed = Number(process.env['CAIRN_SEED'] ?? 20_261_122);
const numRuns = Number(given ?? 500);

const engine = sharedEngine();
const folder = temporaryFolder();

test(
  `reuse is never stale, no step runs needlessly, and a plan says what a run does: ${numRuns} random pipelines, edited and run again`,
  { timeout: 24 * 3_600_000 },
  async () => {
    const totals = noTotals();
    const createStore = (number: number) =>
      number % 25 === 0 ? fsStore({ root: `${folder}/store-${number}` }) : memoryStore();
    const bench = { engine, folder, createStore, totals, isThorough: given !== undefined };
    const begin = performance.now();
    // A failure is made smaller for as long as there is time.
    const limits = {
      interruptAfterTimeLimit: given === undefined ? 300_000 : 12 * 3_600_000,
      markInterruptAsFailure: true,
    };
    await fc.assert(
      fc.asyncProperty(arbitraryCase, (one) => carryOut(one, bench)),
      { seed, numRuns, ...limits, ...(path === undefined ? {} : { path }) },
    );
    const { cases, runs, cosmeticRuns, steps, ran, reused, needless } = totals;
    const seconds = Math.round((performance.now() - begin) / 1000);
    console.log(
      `${cases} cases, ${runs} runs (${cosmeticRuns} after cosmetic edits alone) of ${steps} steps: ${ran} ran, ` +
        `${needless} of them needlessly, ${reused} were reused (seed ${seed}, ${seconds} s)`,
    );
    expect(totals.needless).toBe(0);
  },
);
