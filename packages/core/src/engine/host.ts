import { isCairnError, type CairnError } from '../errors/cairn-error.ts';
import { engineFailed } from '../errors/engine-errors.ts';
import { canceled } from '../errors/run-errors.ts';
import type { DuckDbInstance, DuckDbLike } from './duckdb-like.ts';
import { guard, type Guarded } from './guard.ts';

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
   * @param on The database on which the work was begun, for it must go on there or nowhere
   * @throws CairnError `canceled`, `engine_failed`
   */
  run<Result>(
    what: string,
    signal: AbortSignal | undefined,
    work: (db: DuckDbLike) => Promise<Result>,
    on?: DuckDbLike,
  ): Promise<Result>;
  /** Calls the listener when an instance is lost, before the calls that this ends are rejected. */
  onLost(listener: (reason: CairnError) => void): () => void;
  close(): Promise<void>;
}

interface Running extends Guarded, Pick<DuckDbInstance, 'terminate'> {}

/** Makes a host. `prepare` is what every new instance is told before its first statement. */
export function createHost(
  start: () => Promise<DuckDbInstance>,
  prepare: (db: DuckDbLike) => Promise<void>,
  answerTimeoutMs: number,
): Host {
  let current: Promise<Running> | undefined;
  const waiting = new Set<(reason: unknown) => void>();
  const listeners = new Set<(reason: CairnError) => void>();

  const open = async (lost: (reason: CairnError) => void): Promise<Running> => {
    const instance = await start();
    let refused = false;
    // What ends because it could not be prepared is no loss: that error is the one to tell.
    const guarded = guard(instance.db, answerTimeoutMs, (reason) => {
      if (!refused) lost(reason);
    });
    void instance.died?.then((error) => guarded.lose(engineFailed('it ended by itself', error)));
    try {
      await prepare(guarded.db);
    } catch (error) {
      refused = true;
      await instance.terminate();
      throw error;
    }
    return { ...guarded, terminate: () => instance.terminate() };
  };

  const ready = (): Promise<Running> => {
    if (current) return current;
    const opening: Promise<Running> = open((reason) => void end(opening, reason));
    current = opening;
    opening.catch(() => {
      if (current === opening) current = undefined;
    });
    return opening;
  };

  const end = async (ended: Promise<Running> | undefined, reason: CairnError): Promise<void> => {
    if (!ended || current !== ended) return;
    current = undefined;
    for (const listener of listeners) listener(reason);
    for (const reject of waiting) reject(reason);
    await ended.then(
      async (running) => {
        running.lose(reason);
        await running.terminate();
      },
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

  return {
    run(what, signal, work, on) {
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
        const begun = on ? work(on) : ready().then(({ db }) => work(db));
        begun
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
    onLost(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: () => end(current, engineFailed('it was closed')),
  };
}
