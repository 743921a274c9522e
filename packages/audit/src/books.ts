/** The auditor's input, read from outside: the services' own tables, the provider's charges and every record on the topics. */
export interface Books {
  readonly orders: readonly OrderEntry[];
  /** Events of the order service by id, with their time in ms since 1970. */
  readonly orderEvents: ReadonlyMap<string, number>;
  readonly payments: readonly PaymentEntry[];
  readonly ledger: LedgerFacts;
  readonly charges: readonly ChargeEntry[];
  readonly stock: readonly StockEntry[];
  readonly reservations: readonly ReservationEntry[];
  readonly shipments: readonly ShipmentEntry[];
  /** Pending and parked rows of each service. */
  readonly plumbing: readonly PlumbingFacts[];
  readonly records: readonly RecordEntry[];
  /** Records that the topics no longer retain. */
  readonly removed: Removed;
  /** Unreadable batches, each with its place and the cause. */
  readonly unreadable: readonly string[];
  /** `step message` of every message accepted by the inbox, by service. */
  readonly accepted: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Records that exceeded the retention of their topics, or were deleted. */
export interface Removed {
  readonly records: number;
  /** Events of the order service up to this time may be among them. Ms since 1970; -Infinity if there can be none. */
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
  /** Cause of unreadable lines; absent for readable ones. */
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

/** The ledger, aggregated by the database. */
export interface LedgerFacts {
  readonly transactions: number;
  /** Transactions with a currency in which their postings do not sum to 0. */
  readonly unbalanced: number;
  /** Descriptions of the first ones. */
  readonly unbalancedSums: readonly string[];
  /** Sum of all postings; 0 when the books balance. */
  readonly total: number;
  /** Captured minus refunded, by order. */
  readonly revenueByOrder: ReadonlyMap<string, number>;
  /** Still held on customers' accounts, by order. */
  readonly heldByOrder: ReadonlyMap<string, number>;
  /** How often revenue was credited, by order. */
  readonly capturesByOrder: ReadonlyMap<string, number>;
  /** Customers whose stored account differs from the sum of its postings. */
  readonly accountsThatDiffer: readonly string[];
}

/** The provider's total of charges under an order. */
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
  /** Cause of unreadable lines; absent for readable ones. */
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

/** A record on a topic. */
export interface RecordEntry {
  readonly topic: string;
  readonly place: string;
  /** Timestamp of the sender in ms since 1970. */
  readonly at: number;
  readonly eventId: string;
  /** Event name, or the CloudEvents type of an unknown event. */
  readonly type: string;
  readonly service: string;
  readonly step: string;
  readonly key: string;
  readonly correlationId: string;
  readonly causationId: string | null;
  /** Cause of an unreadable record; absent for a readable one. */
  readonly unread?: string;
}
