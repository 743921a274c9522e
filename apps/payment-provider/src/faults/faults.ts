import { ServiceUnavailableException } from '@nestjs/common';
import { z } from 'zod';
import { FLAKY_CALLS, SLOW_TOKEN_MS } from '../charges/tokens.js';

const Rate = z.number().min(0).max(1);

/** Body of `PUT /faults`: faults for all callers. Omitted fields are reset. */
export const FaultSettings = z.object({
  /** Added to the time of every answer, in milliseconds. */
  latencyMs: z.int().min(0).max(60_000).default(0),
  /** The share of calls that are answered 503 without effect. */
  failureRate: Rate.default(0),
  /** The share of calls that have their effect and are answered 503 nevertheless. */
  lostAnswerRate: Rate.default(0),
  /** Declines every new hold on any card: an answer, not an outage. */
  declines: z.boolean().default(false),
  /** Fails every call. */
  down: z.boolean().default(false),
  /** The same seed fails the same calls. */
  seed: z.int().nonnegative().default(1),
});
export type FaultSettings = z.infer<typeof FaultSettings>;

export type Kind = 'authorize' | 'capture' | 'reverse';

/** The calls for a reference since the process started, including those answered 503. */
export type Calls = Record<Kind, number>;

interface Seen {
  readonly firstAt: number;
  readonly calls: Calls;
}

const NO_CALLS: Calls = { authorize: 0, capture: 0, reverse: 0 };

/** Fault injection between merchant and provider, by card or by settings. */
export class Faults {
  settings: FaultSettings = FaultSettings.parse({});
  private random = seeded(this.settings.seed);
  private readonly seen = new Map<string, Seen>();

  constructor(
    private readonly unreachableSeconds: number,
    private readonly now: () => number = Date.now,
  ) {}

  set(settings: FaultSettings): void {
    this.settings = settings;
    this.random = seeded(settings.seed);
  }

  callsOf = (reference: string): Calls => ({ ...NO_CALLS, ...this.seen.get(reference)?.calls });

  /** Executes a call, delays it or fails it, depending on card and settings. */
  async around<Answer>(kind: Kind, reference: string, token: string | null | undefined, call: () => Promise<Answer>) {
    const seen = this.count(kind, reference);
    const { latencyMs, failureRate, lostAnswerRate, down } = this.settings;
    const fails = failureRate > 0 && this.random() < failureRate;
    const losesAnswer = lostAnswerRate > 0 && this.random() < lostAnswerRate;
    await later(latencyMs + (token === 'tok_slow' ? SLOW_TOKEN_MS : 0));
    if (down || fails || this.stumbles(token, seen)) throw unavailable();
    if (this.issuerIsDown(token, seen)) throw issuerUnavailable();
    const answer = await call();
    if (losesAnswer) throw unavailable();
    return answer;
  }

  private stumbles(token: string | null | undefined, { calls }: Seen): boolean {
    return token === 'tok_flaky' && calls.authorize + calls.capture + calls.reverse <= FLAKY_CALLS;
  }

  private issuerIsDown(token: string | null | undefined, { firstAt }: Seen): boolean {
    return token === 'tok_unreachable' && this.now() < firstAt + this.unreachableSeconds * 1_000;
  }

  private count(kind: Kind, reference: string): Seen {
    const before = this.seen.get(reference) ?? { firstAt: this.now(), calls: NO_CALLS };
    const seen = { ...before, calls: { ...before.calls, [kind]: before.calls[kind] + 1 } };
    this.seen.set(reference, seen);
    return seen;
  }
}

const unavailable = () => new ServiceUnavailableException('The provider is not available. Try again later.');

const later = (ms: number): Promise<void> | undefined =>
  ms > 0 ? new Promise((resolve) => setTimeout(resolve, ms)) : undefined;

/** Pseudo-random numbers from 0 to 1, the same for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The provider works; only the bank of this card does not respond. */
const issuerUnavailable = () =>
  new ServiceUnavailableException({
    code: 'issuer-unavailable',
    message: "The card's bank is not available. Try this card again later.",
  });
