import { useEffect, useRef } from 'react';
import type { Listener } from './stream-hub.js';
import { watchStream } from './watch-stream.js';

/** An event of `GET /events`; `GET /timeline/:orderId` has its `data`. */
interface LiveEvent {
  readonly event: string;
  readonly eventId: string;
  readonly orderId: string;
  readonly service: string;
  readonly step: string;
  readonly at: string;
  readonly causationId: string | null;
  readonly record: { readonly topic: string; readonly partition: number; readonly offset: string };
}

/** The events since the previous batch. */
interface LiveBatch {
  readonly events: readonly LiveEvent[];
  /** The number of events that the storefront skipped. */
  readonly skipped: number;
}

export interface LiveOptions {
  /** Only this order. */
  readonly orderId: string;
  /** Minimum interval between calls of `onBatch`, in ms. */
  readonly everyMs?: number;
  readonly onBatch: (batch: LiveBatch) => void;
  /** Called when the connection is established or lost; it reconnects automatically. */
  readonly onConnected?: (connected: boolean) => void;
}

const EVERY_MS = 250;
/** Maximum buffered events: a page in the background is not drawn, and must not fill the memory. */
const MAX_WAITING = 5_000;

/** Reads server-sent events while the component is mounted; delivers them in batches, so that no number of them blocks a page. */
export function useLive({ orderId, everyMs = EVERY_MS, onBatch, onConnected }: LiveOptions): void {
  const latest = useRef({ onBatch, onConnected });
  useEffect(() => {
    latest.current = { onBatch, onConnected };
  });
  useEffect(() => {
    let events: LiveEvent[] = [];
    let skipped = 0;
    const take: Listener = ({ event, data }) => {
      if (event === 'open' || event === 'lost') latest.current.onConnected?.(event === 'open');
      else if (event === 'skipped') skipped += JSON.parse(data).count;
      // The storefront has renumbered its events: the number of missed ones is unknown.
      else if (event === 'reset') skipped += 1;
      else if (event === 'saga-event') events.push(JSON.parse(data));
      if (events.length > MAX_WAITING) skipped += events.splice(0, events.length - MAX_WAITING).length;
    };
    const timer = setInterval(() => {
      if (events.length === 0 && skipped === 0) return;
      const batch = { events, skipped };
      events = [];
      skipped = 0;
      latest.current.onBatch(batch);
    }, everyMs);
    const leave = watchStream({ path: '/events', orderId }, take);
    return () => {
      clearInterval(timer);
      leave();
    };
  }, [orderId, everyMs]);
}
