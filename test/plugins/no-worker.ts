/** Pages in which no worker of a connector can be: each says why, and has the `Worker` that there is then. */
export const withoutWorkers: readonly (readonly [why: string, worker: unknown])[] = [
  [
    'there can be no worker',
    class {
      constructor() {
        throw new DOMException('a policy forbids it', 'SecurityError');
      }
    },
  ],
  [
    'the script of the worker is not there',
    class extends Worker {
      constructor() {
        super('/not-there.js', { type: 'module' });
      }
    },
  ],
];
