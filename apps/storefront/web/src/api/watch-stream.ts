import { type Listener, StreamHub, type Wanted } from './stream-hub.js';

/** Without shared workers each tab has its own connections, while it is visible. */
const ours = new StreamHub((url) => new EventSource(url));

/**
 * Reads a stream over a connection shared by all tabs of the browser; the returned function ends that. `open` is sent whenever
 * events may have been missed.
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
  // The tab is closed, or cached for a later return.
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
