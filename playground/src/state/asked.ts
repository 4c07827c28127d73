import { errorFacts, type ErrorFacts } from '@cairn/core';
import { createStore, type Readable } from './store.ts';

/** What somebody was asked for. */
export interface Asked<Value> {
  /** The last answer, also while a newer one is on its way; undefined before the first and when it failed. */
  readonly value: Value | undefined;
  readonly error: ErrorFacts | undefined;
  readonly isAsking: boolean;
}

/** Asks one thing at a time: an answer that comes after a later question is dropped. */
export interface Asker<Value> extends Readable<Asked<Value>> {
  /** Resolves when this is answered, or dropped; never rejects. */
  ask(work: () => Promise<Value>): Promise<void>;
  forget(): void;
}

export function createAsker<Value>(): Asker<Value> {
  const nothing: Asked<Value> = { value: undefined, error: undefined, isAsking: false };
  const store = createStore(nothing);
  let question = 0;
  return {
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    async ask(work) {
      const own = ++question;
      store.patch({ isAsking: true });
      try {
        const value = await work();
        if (own === question) store.set({ value, error: undefined, isAsking: false });
      } catch (error) {
        if (own === question) store.set({ value: undefined, error: errorFacts(error), isAsking: false });
      }
    },
    forget() {
      question += 1;
      store.set(nothing);
    },
  };
}
