import type { CairnError } from '../errors/cairn-error.ts';
import { engineFailed, engineFull } from '../errors/engine-errors.ts';
import type { DuckDbLike } from './duckdb-like.ts';
import { readReport } from './statement.ts';

/**
 * How many turns of the clock in a row must pass without an answer. One late turn counts once, so that a page that was
 * frozen, or a machine that slept, finds its worker alive.
 */
const turns = 10;

type Method = (...args: readonly unknown[]) => Promise<unknown>;

/** The loss that an error means, when it says that the instance must not be used any more. */
function lossIn(error: unknown): CairnError | undefined {
  const { name, message } = error instanceof Error ? error : { name: '', message: String(error) };
  const broken = name === 'RuntimeError' || name === 'RangeError';
  const [said = ''] = readReport(message).message.split('\n', 1);
  // An instance goes on after DuckDB's own error, but its heap never shrinks.
  const full = /^(Out of Memory Error\b|std::bad_alloc)/.test(said);
  if (full || (broken && /\bOOM\b|out of memory|alloc|Memory\.grow/i.test(said))) {
    return engineFull(said, error);
  }
  if (broken) return engineFailed('DuckDB-WASM broke down', error);
  return /database has been invalidated/.test(said)
    ? engineFailed('DuckDB gave up its database', error)
    : undefined;
}

/** A database all of whose calls come to an end. */
export interface Guarded {
  /** Once it is lost, every call is rejected with the reason and reaches nobody. */
  readonly db: DuckDbLike;
  lose(reason: CairnError): void;
}

/**
 * Watches the calls of one instance. It is lost when a call says that it broke down or ran out of memory, and when no
 * call at all is answered for `answerTimeoutMs` while some wait.
 *
 * @param lost Called once, before calls are rejected
 */
export function guard(db: DuckDbLike, answerTimeoutMs: number, lost: (reason: CairnError) => void): Guarded {
  const waiting = new Set<(reason: CairnError) => void>();
  let gone: CairnError | undefined;
  let silent = 0;
  let timer: unknown;

  const lose = (reason: CairnError): void => {
    if (gone) return;
    gone = reason;
    clearTimeout(timer);
    lost(reason);
    for (const reject of waiting) reject(reason);
    waiting.clear();
  };

  const watch = (): void => {
    if (!Number.isFinite(answerTimeoutMs)) return;
    timer = setTimeout(() => {
      silent += 1;
      if (silent < turns) watch();
      else lose(engineFailed(`it did not answer for ${answerTimeoutMs / 1000} s`));
    }, answerTimeoutMs / turns);
  };

  const call = (method: Method, args: readonly unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (gone) {
        reject(gone);
        return;
      }
      if (waiting.size === 0) {
        silent = 0;
        watch();
      }
      waiting.add(reject);
      const answered = (): void => {
        silent = 0;
        waiting.delete(reject);
        if (waiting.size === 0) clearTimeout(timer);
      };
      method.apply(db, args as unknown[]).then(
        (value) => {
          answered();
          resolve(value);
        },
        (error: unknown) => {
          const loss = lossIn(error);
          if (loss !== undefined) lose(loss);
          answered();
          reject(gone ?? error);
        },
      );
    });

  const methods = new Proxy(db, {
    get(_, name) {
      const method = db[name as keyof DuckDbLike] as unknown as Method | undefined;
      return method && ((...args: readonly unknown[]) => call(method, args));
    },
  });
  return { db: methods, lose };
}
