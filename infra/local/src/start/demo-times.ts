/** The deadline for a run of few orders; short, so that orders that wait for it do not prolong the run. */
const SHORTEST_SECONDS = 5;
/** A hundred further orders wait one second longer, on a slow machine. */
const ORDERS_A_SECOND = 100;
/** The default deadline. */
const USUAL_SECONDS = 60;
/** The outage lasts this much longer than the deadline, so that the deadline passes. */
const LONGER_SECONDS = 2;

/** The deadline of orders and the outage of `tok_unreachable`, as environment variables. */
export interface DemoTimes {
  /** Undefined: the order service's default. */
  readonly deadlineSeconds: string | undefined;
  readonly outageSeconds: string;
}

/** The times for a run of `orders`, or for a start without orders or with those of a file. `demanded` takes precedence. */
export function demoTimes(orders: number | undefined, demanded: string | undefined): DemoTimes {
  const short = Math.min(USUAL_SECONDS, SHORTEST_SECONDS + Math.ceil((orders ?? 0) / ORDERS_A_SECOND));
  const deadlineSeconds = demanded || (orders === undefined ? undefined : String(short));
  return {
    deadlineSeconds,
    outageSeconds: String((Number(deadlineSeconds ?? SHORTEST_SECONDS) || 0) + LONGER_SECONDS),
  };
}
