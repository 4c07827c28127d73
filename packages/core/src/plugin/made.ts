import { describe } from '../errors/pipeline-errors.ts';
import type { ContributionKind } from './contribution.ts';

/** What everything of a kind has: functions, and texts. */
const shapes: Readonly<Record<ContributionKind, Readonly<Record<string, 'function' | 'string'>>>> = {
  source: { type: 'string', identity: 'function', read: 'function' },
  sink: {
    type: 'string',
    prepare: 'function',
    commit: 'function',
    rollback: 'function',
    verify: 'function',
  },
  transform: { version: 'string', run: 'function' },
  check: { type: 'string', name: 'string' },
  store: { get: 'function', put: 'function', append: 'function', list: 'function', acquire: 'function' },
  engine: { open: 'function', createTable: 'function', exportParts: 'function', close: 'function' },
  observer: { onEvent: 'function' },
};

/** Says why a value is nothing of a kind; undefined when it is. */
export function whyNotMade(kind: ContributionKind, value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return `it made ${describe(value)}, and no ${kind}`;
  const made = value as Readonly<Record<string, unknown>>;
  const missing = Object.entries(shapes[kind]).find(([key, type]) => typeof made[key] !== type);
  return missing && `what it made has no ${missing[1] === 'string' ? 'text' : 'function'} '${missing[0]}'`;
}
