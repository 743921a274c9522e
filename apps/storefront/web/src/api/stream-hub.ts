/** The available streams. */
export type Wanted = { readonly path: '/stage/live' } | { readonly path: '/events'; readonly orderId: string };

/** A message: an event of the stream with its data; or `open` and `lost`, of the connection. */
export interface StreamMessage {
  readonly event: string;
  readonly data: string;
}
export type Listener = (message: StreamMessage) => void;

/** Delay before reconnecting after the browser gave up. */
const REOPEN_MS = 2_000;
/** Delay before reopening: displayed orders change together, for example when a browser restores its tabs. */
const SETTLE_MS = 20;
/** The filter limit of the storefront; beyond it, all orders are read. */
const MAX_ORDERS = 50;
const EVENTS = ['stage', 'saga-event', 'skipped', 'reset', 'cut-off'];

/**
 * The permanent connections of all listeners, one per path: a browser allows six per origin, so that a seventh tab with its own
 * would block every tab.
 */
export class StreamHub {
  private readonly streams = new Map<string, Stream>();

  constructor(private readonly connect: (url: string) => EventSource) {}

  /** Adds a listener; the returned function removes it. */
  watch(wanted: Wanted, listener: Listener): () => void {
    const { path } = wanted;
    const stream = this.streams.get(path) ?? new Stream(path, this.connect);
    this.streams.set(path, stream);
    return stream.add(listener, 'orderId' in wanted ? wanted.orderId : undefined);
  }
}

class Stream {
  /** Each with the id of its order. */
  private readonly listeners = new Map<Listener, string | undefined>();
  private source: EventSource | undefined;
  private url: string | undefined;
  private settling: ReturnType<typeof setTimeout> | undefined;
  private isOpen = false;
  /** The last snapshot of the stage, so that a later listener does not wait for the next one. */
  private picture: StreamMessage | undefined;

  constructor(
    private readonly path: string,
    private readonly connect: (url: string) => EventSource,
  ) {}

  add(listener: Listener, orderId: string | undefined): () => void {
    this.listeners.set(listener, orderId);
    if (this.isOpen && this.url === this.wantedUrl()) {
      listener({ event: 'open', data: '' });
      if (this.picture) listener(this.picture);
    }
    this.settle();
    return () => {
      this.listeners.delete(listener);
      this.settle();
    };
  }

  private settle(): void {
    clearTimeout(this.settling);
    this.settling = setTimeout(() => {
      const url = this.wantedUrl();
      if (url !== this.url) this.open(url);
    }, SETTLE_MS);
  }

  private wantedUrl(): string | undefined {
    if (this.listeners.size === 0) return undefined;
    const orderIds = [...new Set(this.listeners.values())].filter((orderId) => orderId !== undefined).sort();
    if (orderIds.length === 0 || orderIds.length > MAX_ORDERS) return this.path;
    return `${this.path}?${new URLSearchParams(orderIds.map((orderId) => ['orderId', orderId]))}`;
  }

  /** A new connection notifies all listeners, which then reload the missed data. */
  private open(url: string | undefined): void {
    this.source?.close();
    this.url = url;
    this.isOpen = false;
    this.picture = undefined;
    if (url === undefined) return;
    const source = this.connect(url);
    this.source = source;
    source.addEventListener('open', () => {
      this.isOpen = true;
      this.deliver({ event: 'open', data: '' });
    });
    for (const event of EVENTS) source.addEventListener(event, ({ data }) => this.deliver({ event, data }));
    source.addEventListener('error', () => {
      this.isOpen = false;
      this.deliver({ event: 'lost', data: '' });
      // Browsers reconnect automatically, but not after a response that is no stream, as during the start of the storefront.
      if (source.readyState !== EventSource.CLOSED) return;
      setTimeout(() => {
        if (this.source === source && this.url === url) this.open(url);
      }, REOPEN_MS);
    });
  }

  private deliver(message: StreamMessage): void {
    if (message.event === 'stage') this.picture = message;
    for (const [listener, orderId] of this.listeners) {
      if (message.event === 'saga-event' && orderId !== undefined && !message.data.includes(orderId)) continue;
      listener(message);
    }
  }
}
