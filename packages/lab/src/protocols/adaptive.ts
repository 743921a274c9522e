import { mixture, observingNoAnswer } from '../mixture.js';
import type { PlaceOrder, Protocol } from '../protocol.js';
import { orchestratedSaga } from './orchestrated-saga.js';
import { phasedSaga } from './phased-sagas.js';
import { validatedSaga } from './validated-sagas.js';

/** The orders of one coordinator in one window. */
export interface Window {
  readonly orders: number;
  readonly cancelled: number;
  /** Orders that began while another one for the same product was under way. */
  readonly contended: number;
  /** Orders of which a participant did not answer. */
  readonly unanswered: number;
}
export type Choice = '2PS' | '3PS-reserving' | 'orchestrated-saga';

const WINDOW_MS = 5_000;
const MAX_FAILURE = 0.1;
const MAX_CONTENTION = 0.2;
/** A share of fewer orders is not significant. */
const LEAST_ORDERS = 5;

/** The protocol for the next orders: a saga in a partition, early refusal, validation under contention, a saga under load. */
export function choose({ orders, cancelled, contended, unanswered }: Window, maxPerSecond: number): Choice {
  if (orders < LEAST_ORDERS) return '2PS';
  if (unanswered / orders > MAX_FAILURE) return 'orchestrated-saga';
  if (cancelled / orders > MAX_FAILURE) return '2PS';
  if (contended / orders > MAX_CONTENTION) return '3PS-reserving';
  return orders / (WINDOW_MS / 1_000) > maxPerSecond ? 'orchestrated-saga' : '2PS';
}

/** Carries each new order by the protocol that the last windows suggest. An order in flight stays with its protocol. */
export const adaptive = (maxPerSecond: number): Protocol => {
  const seen = new Observed(maxPerSecond);
  const parts = [
    phasedSaga('2PS'),
    validatedSaga('3PS-reserving', { expiryMs: Number.POSITIVE_INFINITY, verifyAfterMs: 0 }),
    orchestratedSaga,
  ];
  const mixed = mixture('adaptive', parts, (_, now) => seen.choice(now));
  return {
    ...mixed,
    summary: 'Chooses 2PS, 3PS-reserving or the orchestrated saga by failures, contention, load and partition.',
    async execute(request, at, my) {
      const end = seen.begin(request, my.clock.now());
      try {
        const ended = await mixed.execute(
          request,
          observingNoAnswer(at, () => end('unanswered')),
          my,
        );
        // A row that stays locked for too long is contention, not a refusal of the business.
        if (ended.status === 'CANCELLED') end(ended.reason === 'lock-timeout' ? 'contended' : 'cancelled');
        return ended;
      } finally {
        end(undefined);
      }
    },
  };
};

/** The observations of one coordinator, per window. A choice changes when two windows in a row suggest it. */
class Observed {
  #window = { orders: 0, cancelled: 0, contended: 0, unanswered: 0 };
  #since = 0;
  #suggested: Choice = '2PS';
  #current: Choice = '2PS';
  readonly #underWay = new Map<string, number>();

  constructor(private readonly maxPerSecond: number) {}

  choice(now: number): Choice {
    if (now - this.#since < WINDOW_MS) return this.#current;
    const next = choose(this.#window, this.maxPerSecond);
    if (next === this.#suggested) this.#current = next;
    this.#suggested = next;
    this.#window = { orders: 0, cancelled: 0, contended: 0, unanswered: 0 };
    this.#since = now;
    return this.#current;
  }

  /** Counts an order. The result counts its outcome: the first one that it is called with. */
  begin({ items }: PlaceOrder, now: number): (outcome: 'cancelled' | 'contended' | 'unanswered' | undefined) => void {
    this.choice(now);
    const { sku } = items[0]!;
    const before = this.#underWay.get(sku) ?? 0;
    this.#underWay.set(sku, before + 1);
    this.#window.orders++;
    if (before > 0) this.#window.contended++;
    let counted: string | undefined;
    let isUnderWay = true;
    return (outcome) => {
      if (outcome && counted === undefined) {
        counted = outcome;
        if (outcome !== 'contended' || before === 0) this.#window[outcome]++;
      }
      if (outcome === 'unanswered' || !isUnderWay) return;
      isUnderWay = false;
      this.#underWay.set(sku, this.#underWay.get(sku)! - 1);
    };
  }
}
