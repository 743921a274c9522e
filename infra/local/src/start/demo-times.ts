/** Of a run of few orders; short, so that the orders that wait for it do not make the run long. */
const SHORTEST_SECONDS = 5;
/** A hundred orders more wait for each other a second longer, on a slow machine. */
const ORDERS_A_SECOND = 100;
/** As long as one has by hand. */
const USUAL_SECONDS = 60;
/** What an outage lasts longer than the deadline, so that the deadline passes. */
const LONGER_SECONDS = 2;

/** How long an order may rest, and how long `tok_unreachable` is away; as environment variables have it. */
export interface DemoTimes {
  /** Undefined: the order service's own. */
  readonly deadlineSeconds: string | undefined;
  readonly outageSeconds: string;
}

/** The times of a run that fires `orders`, or of one that fires none or those of a file. What is `demanded` wins. */
export function demoTimes(orders: number | undefined, demanded: string | undefined): DemoTimes {
  const short = Math.min(USUAL_SECONDS, SHORTEST_SECONDS + Math.ceil((orders ?? 0) / ORDERS_A_SECOND));
  const deadlineSeconds = demanded || (orders === undefined ? undefined : String(short));
  return {
    deadlineSeconds,
    outageSeconds: String((Number(deadlineSeconds ?? SHORTEST_SECONDS) || 0) + LONGER_SECONDS),
  };
}
