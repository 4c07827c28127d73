import { isCairnError } from '../errors/cairn-error.ts';
import { engineFailed } from '../errors/engine-errors.ts';
import { canceled } from '../errors/run-errors.ts';
import type { DuckDbInstance, DuckDbLike } from './duckdb-like.ts';

/** After this many milliseconds a cancelled call rejects, though its statement may still be ending. */
const cancelGrace = 800;
/** After this many more milliseconds without an answer the instance is ended; the next call starts another. */
const answerGrace = 10_000;

/** Keeps one DuckDB running while it is needed, and no call waiting for one that has gone. */
export interface Host {
  /**
   * Does a piece of work on the running instance, which is started when there is none.
   *
   * @param what Names the work in the error of a cancelled call
   * @throws CairnError `canceled`, `engine_failed`
   */
  run<Result>(
    what: string,
    signal: AbortSignal | undefined,
    work: (db: DuckDbLike) => Promise<Result>,
  ): Promise<Result>;
  close(): Promise<void>;
}

/** Makes a host. `prepare` is what every new instance is told before its first statement. */
export function createHost(
  start: () => Promise<DuckDbInstance>,
  prepare: (db: DuckDbLike) => Promise<void>,
): Host {
  let current: Promise<DuckDbInstance> | undefined;
  const waiting = new Set<(reason: unknown) => void>();

  const open = async (): Promise<DuckDbInstance> => {
    const instance = await start();
    const failed = instance.died?.then((error) => {
      throw engineFailed('it ended by itself', error);
    });
    try {
      await Promise.race([prepare(instance.db), ...(failed ? [failed] : [])]);
    } catch (error) {
      await instance.terminate();
      throw error;
    }
    return instance;
  };

  const ready = (): Promise<DuckDbInstance> => {
    if (current) return current;
    const opening = open();
    current = opening;
    opening.then(
      (instance) => instance.died?.then((error) => end(opening, engineFailed('it ended by itself', error))),
      () => {
        if (current === opening) current = undefined;
      },
    );
    return opening;
  };

  const end = async (ended: Promise<DuckDbInstance> | undefined, reason: unknown): Promise<void> => {
    if (!ended || current !== ended) return;
    current = undefined;
    for (const reject of waiting) reject(reason);
    await ended.then(
      (instance) => instance.terminate(),
      () => undefined,
    );
  };

  /** Ends the instance unless it answers: whatever keeps a cancelled call may be no fault of the engine's. */
  const probe = async (what: string): Promise<void> => {
    const probed = current;
    const timer = setTimeout(
      () => void end(probed, engineFailed(`it did not answer after ${what} was cancelled`)),
      answerGrace,
    );
    try {
      const { db } = (await probed) ?? {};
      if (db) await db.disconnect(await db.connectInternal());
    } catch {
      // It ended meanwhile, and that is told elsewhere.
    } finally {
      clearTimeout(timer);
    }
  };

  const perform = async <Result>(work: (db: DuckDbLike) => Promise<Result>): Promise<Result> => {
    let instance: Promise<DuckDbInstance> | undefined;
    try {
      instance = ready();
      return await work((await instance).db);
    } catch (error) {
      if (error instanceof Error && error.name === 'RuntimeError') {
        const reason = engineFailed('DuckDB-WASM broke down', error);
        void end(instance, reason);
        throw reason;
      }
      throw error;
    }
  };

  return {
    run(what, signal, work) {
      if (signal?.aborted === true) return Promise.reject(canceled(what, signal.reason));
      return new Promise((resolve, reject) => {
        let timer: unknown;
        const abort = (): void => {
          timer = setTimeout(() => {
            reject(canceled(what, signal?.reason));
            void probe(what);
          }, cancelGrace);
        };
        signal?.addEventListener('abort', abort, { once: true });
        waiting.add(reject);
        perform(work)
          .then(resolve, (error: unknown) => {
            const stopped = signal?.aborted === true && !isCairnError(error, 'engine_failed');
            reject(stopped ? canceled(what, signal.reason) : error);
          })
          .finally(() => {
            clearTimeout(timer);
            waiting.delete(reject);
            signal?.removeEventListener('abort', abort);
          });
      });
    },
    close: () => end(current, engineFailed('it was closed')),
  };
}
