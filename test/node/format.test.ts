import { expect, test } from 'vitest';
import { formatDuration as inPlayground } from '../../playground/src/ui/formats.js';
import { formatBytes, formatDuration } from '../../packages/node-adapter/dist/cli/format.js';

test('what is rounded up to the next unit is told in it', () => {
  expect([999.4, 999.6, 59_940, 59_960, 60_400].map(formatDuration)).toEqual([
    '999 ms',
    '1.0 s',
    '59.9 s',
    '1 min 00 s',
    '1 min 00 s',
  ]);
  expect([999, 1000, 999_940, 999_960].map(formatBytes)).toEqual(['999 B', '1.0 kB', '999.9 kB', '1.0 MB']);
  expect([999.6, 59_940, 59_960].map(inPlayground)).toEqual(['1 s', '59.9 s', '1 min 0 s']);
});
