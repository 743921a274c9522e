import { type Listener, StreamHub, type Wanted } from './stream-hub.js';

/** Where tabs cannot share: each has connections of its own, while somebody sees it. */
const ours = new StreamHub((url) => new EventSource(url));

/**
 * Reads what happens, over a connection that all tabs of the browser share; what is returned ends that. `open` is told whenever
 * something may have been missed.
 */
export function watchStream(wanted: Wanted, listener: Listener): () => void {
  if (typeof SharedWorker === 'undefined') return watchWhileSeen(wanted, listener);
  let leave: () => void;
  const worker = new SharedWorker(new URL('./stream-worker.ts', import.meta.url), { type: 'module', name: 'streams' });
  const { port } = worker;
  const begin = () => port.postMessage(wanted);
  const end = () => port.postMessage('leave');
  port.addEventListener('message', ({ data }) => listener(data));
  port.start();
  begin();
  // The tab is closed, or put aside to be shown again as it was.
  addEventListener('pagehide', end);
  addEventListener('pageshow', begin);
  leave = () => {
    removeEventListener('pagehide', end);
    removeEventListener('pageshow', begin);
    end();
    port.close();
  };
  worker.addEventListener('error', () => {
    leave();
    leave = watchWhileSeen(wanted, listener);
  });
  return () => leave();
}

function watchWhileSeen(wanted: Wanted, listener: Listener): () => void {
  let leave: (() => void) | undefined;
  const look = () => {
    if (document.hidden) {
      leave?.();
      leave = undefined;
    } else {
      leave ??= ours.watch(wanted, listener);
    }
  };
  document.addEventListener('visibilitychange', look);
  look();
  return () => {
    document.removeEventListener('visibilitychange', look);
    leave?.();
  };
}
