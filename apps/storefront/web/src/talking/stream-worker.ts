import { type Listener, StreamHub, type Wanted } from './stream-hub.js';

/** The message of a tab: its requested stream, or that it leaves. */
export type Said = Wanted | 'leave';

/** One for all tabs of a browser, with their permanent connections. */
const hub = new StreamHub((url) => new EventSource(url));

addEventListener('connect', (event) => {
  const [port] = (event as MessageEvent).ports as unknown as [MessagePort];
  const tell: Listener = (told) => port.postMessage(told);
  let leave = () => {};
  port.addEventListener('message', ({ data }: MessageEvent<Said>) => {
    leave();
    leave = data === 'leave' ? () => {} : hub.watch(data, tell);
  });
  // A crashed tab sends no message; current browsers fire this event.
  port.addEventListener('close', () => leave());
  port.start();
});
