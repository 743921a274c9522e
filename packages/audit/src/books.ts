/** What the auditor reads, from outside: the services' own tables, the provider's charges and every record on the topics. */
export interface Books {
  readonly orders: readonly OrderEntry[];
  /** Ids of what the order service said, and when: milliseconds since 1970. */
  readonly orderEvents: ReadonlyMap<string, number>;
  readonly payments: readonly PaymentEntry[];
  readonly ledger: LedgerFacts;
  readonly charges: readonly ChargeEntry[];
  readonly stock: readonly StockEntry[];
  readonly reservations: readonly ReservationEntry[];
  readonly shipments: readonly ShipmentEntry[];
  /** What waits or is stuck in each service. */
  readonly plumbing: readonly PlumbingFacts[];
  readonly records: readonly RecordEntry[];
  /** What the topics keep no longer. */
  readonly removed: Removed;
  /** Batches that cannot be read, each with its place and the cause. */
  readonly unreadable: readonly string[];
  /** `step message` of everything each service's inbox has accepted, by service. */
  readonly accepted: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Records that are older than their topics keep, or were deleted. */
export interface Removed {
  readonly records: number;
  /** What the order service said until then may be among them; milliseconds since 1970, -Infinity when nothing of it is. */
  readonly until: number;
}

export interface Line {
  readonly sku: string;
  readonly quantity: number;
}

export interface OrderEntry {
  readonly orderId: string;
  readonly status: 'PLACED' | 'CANCELLING' | 'COMPLETED' | 'CANCELLED';
  /** Minor units. */
  readonly total: number;
  readonly items: readonly Line[];
  /** Why its lines are not known; absent when they are. */
  readonly unread?: string;
  readonly reason: string | null;
  /** Milliseconds since 1970. */
  readonly placedAt: number;
  readonly endedAt: number | null;
}

interface PaymentEntry {
  readonly orderId: string;
  readonly status: string;
  readonly method: 'account' | 'card';
  readonly amount: number;
}

/** The ledger, summed up by the database itself. */
export interface LedgerFacts {
  readonly transactions: number;
  /** Transactions with a currency in which their postings do not sum to 0. */
  readonly unbalanced: number;
  /** The first of these, in words. */
  readonly unbalancedSums: readonly string[];
  /** Sum of all postings; 0 when the books balance. */
  readonly total: number;
  /** Captured minus refunded, by order. */
  readonly revenueByOrder: ReadonlyMap<string, number>;
  /** Still held on customers' accounts, by order. */
  readonly heldByOrder: ReadonlyMap<string, number>;
  /** How often revenue was credited, by order. */
  readonly capturesByOrder: ReadonlyMap<string, number>;
  /** Customers whose kept account differs from the sum of its postings. */
  readonly accountsThatDiffer: readonly string[];
}

/** What the outside world says was charged under an order. */
export interface ChargeEntry {
  readonly reference: string;
  readonly status: string;
  /** Still reserved on the card. */
  readonly held: number;
  /** Captured minus refunded. */
  readonly net: number;
}

export interface StockEntry {
  readonly sku: string;
  readonly received: number;
  readonly available: number;
  readonly reserved: number;
  readonly sold: number;
}

export interface ReservationEntry {
  readonly orderId: string;
  readonly status: string;
  readonly items: readonly Line[];
  /** Why its lines are not known; absent when they are. */
  readonly unread?: string;
}

interface ShipmentEntry {
  readonly orderId: string;
  readonly status: string;
}

export interface PlumbingFacts {
  readonly service: string;
  readonly outboxPending: number;
  readonly outboxDead: number;
  readonly parkedRetrying: number;
  readonly parkedQueued: number;
  readonly parkedDead: number;
}

/** A record as it stands on a topic. */
export interface RecordEntry {
  readonly topic: string;
  readonly place: string;
  /** Milliseconds since 1970, as its sender says. */
  readonly at: number;
  readonly eventId: string;
  /** The name of the event; the type on the wire where it is unknown. */
  readonly type: string;
  readonly service: string;
  readonly step: string;
  readonly key: string;
  readonly correlationId: string;
  readonly causationId: string | null;
  /** Why it cannot be read; absent when it can. */
  readonly unread?: string;
}
