import fc from 'fast-check';
import { cosmeticEdits, realEdits, type Edit, type EditGene } from './edits.ts';
import type { Case } from './oracle.ts';
import type { Gene } from './recipe.ts';

const arbitraryGene: fc.Arbitrary<Gene> = fc.record({
  kind: fc.nat(999),
  inputs: fc.tuple(fc.nat(11), fc.nat(11), fc.nat(11)),
  form: fc.nat(999),
  constant: fc.nat(5),
  options: fc.nat(9999),
  rows: fc.array(fc.tuple(fc.nat(4), fc.nat(9)), { minLength: 1, maxLength: 4 }),
});

const arbitraryEdits = (edit: fc.Arbitrary<Edit>): fc.Arbitrary<EditGene[]> =>
  fc.array(fc.record({ edit, target: fc.nat(999), value: fc.nat(999), gene: arbitraryGene }), {
    minLength: 1,
    maxLength: 3,
    size: 'max',
  });
const cosmetic = fc.constantFrom(...cosmeticEdits);
const usual = fc.constantFrom<Edit[]>('constant', 'form', 'params', 'value in a file', 'back');
const any = fc.oneof(cosmetic, usual, fc.constantFrom(...realEdits));

/** Mostly small: most of what goes wrong does so among few steps, and each step is computed several times. */
export const arbitraryCase: fc.Arbitrary<Case> = fc.record({
  genes: fc.oneof(
    { weight: 5, arbitrary: fc.array(arbitraryGene, { minLength: 1, maxLength: 3, size: 'max' }) },
    { weight: 1, arbitrary: fc.array(arbitraryGene, { minLength: 4, maxLength: 12, size: 'max' }) },
  ),
  stages: fc.array(
    fc.oneof(
      { weight: 1, arbitrary: arbitraryEdits(cosmetic) },
      { weight: 3, arbitrary: arbitraryEdits(any) },
    ),
    { minLength: 1, maxLength: 3, size: 'max' },
  ),
});
