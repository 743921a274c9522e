import { useEffect, useRef } from 'react';

/** An event as `GET /events` sends it: `data` is asked for by `GET /timeline/:orderId`. */
export interface LiveEvent {
  readonly event: string;
  readonly eventId: string;
  readonly orderId: string;
  readonly service: string;
  readonly step: string;
  readonly at: string;
  readonly causationId: string | null;
  readonly record: { readonly topic: string; readonly partition: number; readonly offset: string };
}

/** What came since the last time. */
export interface LiveBatch {
  readonly events: readonly LiveEvent[];
  /** How many more there were that the storefront left out because they were too many. */
  readonly skipped: number;
}

export interface LiveOptions {
  /** Only this order. */
  readonly orderId?: string;
  /** At most once in so many milliseconds `onBatch` is called. */
  readonly everyMs?: number;
  readonly onBatch: (batch: LiveBatch) => void;
  /** Told when the connection is there, and when it is lost; it is sought again by itself. */
  readonly onConnected?: (connected: boolean) => void;
}

const EVERY_MS = 250;
/** How soon a connection is opened anew that the browser gave up. */
const REOPEN_MS = 2_000;
/** More waits for nobody: a page in the background is not drawn, and must not fill the memory. */
const MAX_WAITING = 5_000;

/** Reads server-sent events while the component is there; hands them over in batches, so that no number of them freezes a page. */
export function useLive({ orderId, everyMs = EVERY_MS, onBatch, onConnected }: LiveOptions): void {
  const told = useRef({ onBatch, onConnected });
  useEffect(() => {
    told.current = { onBatch, onConnected };
  });
  useEffect(() => {
    let source: EventSource | undefined;
    let reopen: ReturnType<typeof setTimeout> | undefined;
    let events: LiveEvent[] = [];
    let skipped = 0;
    const open = () => {
      source = new EventSource(orderId === undefined ? '/events' : `/events?orderId=${encodeURIComponent(orderId)}`);
      source.addEventListener('open', () => told.current.onConnected?.(true));
      source.addEventListener('saga-event', ({ data }) => {
        events.push(JSON.parse(data));
        if (events.length > MAX_WAITING) skipped += events.splice(0, events.length - MAX_WAITING).length;
      });
      source.addEventListener('skipped', ({ data }) => {
        skipped += JSON.parse(data).count;
      });
      source.addEventListener('error', () => {
        told.current.onConnected?.(false);
        // Browsers come back by themselves, but not after an answer that is no stream, as while the storefront starts.
        if (source?.readyState === EventSource.CLOSED) reopen = setTimeout(open, REOPEN_MS);
      });
    };
    const timer = setInterval(() => {
      if (events.length === 0 && skipped === 0) return;
      const batch = { events, skipped };
      events = [];
      skipped = 0;
      told.current.onBatch(batch);
    }, everyMs);
    open();
    return () => {
      clearInterval(timer);
      clearTimeout(reopen);
      source?.close();
    };
  }, [orderId, everyMs]);
}
