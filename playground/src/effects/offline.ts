import type { OfflineAnswer, OfflineRequest } from '../../service-worker/message.ts';
import type { Offline, OfflineState } from '../state/offline.ts';
import { createStore } from '../state/store.ts';

/** Lets the browser keep the app. It is asked once the page is loaded, so that it costs the first visit no time. */
export function browserOffline(): Offline {
  const store = createStore<OfflineState>({ status: 'off', kept: 0, total: 0, hasUpdate: false });
  const ask = async (request: OfflineRequest): Promise<OfflineAnswer> => {
    const { active } = await navigator.serviceWorker.ready;
    return new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.addEventListener('message', ({ data }: MessageEvent<OfflineAnswer>) => resolve(data), {
        once: true,
      });
      port1.start();
      active?.postMessage(request, [port2]);
    });
  };
  let waiting: ServiceWorker | null = null;
  const offline: Offline = {
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    async look() {
      if (store.getSnapshot().status !== 'kept') return;
      const { kept, total } = await ask('what is kept?');
      if (kept !== store.getSnapshot().kept) store.patch({ kept, total });
    },
    async keepAll() {
      if (store.getSnapshot().status !== 'kept') return;
      store.patch({ status: 'keeping', error: undefined });
      store.patch({ status: 'kept', ...(await ask('keep all')) });
    },
    update() {
      if (waiting === null) return;
      navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
      waiting.postMessage('take over' satisfies OfflineRequest);
    },
  };

  const begin = async (): Promise<void> => {
    store.patch({ status: 'preparing' });
    try {
      const registration = await navigator.serviceWorker.register(new URL('sw.js', document.baseURI));
      const notice = (): void => {
        waiting = registration.waiting;
        store.patch({ hasUpdate: waiting !== null });
      };
      registration.addEventListener('updatefound', () =>
        registration.installing?.addEventListener('statechange', notice),
      );
      notice();
      store.patch({ status: 'kept', ...(await ask('what is kept?')) });
    } catch (error) {
      store.patch({ status: 'off', error: error instanceof Error ? error.message : String(error) });
    }
  };
  if (import.meta.env.PROD && 'serviceWorker' in navigator) {
    if (document.readyState === 'complete') void begin();
    else addEventListener('load', () => void begin(), { once: true });
  }
  return offline;
}
