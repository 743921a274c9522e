import { type Listener, StreamHub, type Wanted } from './stream-hub.js';

/** The message of a tab: its requested stream, or that it leaves. */
export type PortMessage = Wanted | 'leave';

/** One for all tabs of a browser, with their permanent connections. */
const hub = new StreamHub((url) => new EventSource(url));

addEventListener('connect', (event) => {
  const [port] = (event as MessageEvent).ports as unknown as [MessagePort];
  const deliver: Listener = (message) => port.postMessage(message);
  let leave = () => {};
  port.addEventListener('message', ({ data }: MessageEvent<PortMessage>) => {
    leave();
    leave = data === 'leave' ? () => {} : hub.watch(data, deliver);
  });
  // A crashed tab sends no message; current browsers fire this event.
  port.addEventListener('close', () => leave());
  port.start();
});
