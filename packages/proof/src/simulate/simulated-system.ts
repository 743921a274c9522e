import { type Aggregate, groupOf, type ServiceSteps, topicOf } from '@quadrille/choreography';
import { FundsDeposited, type OrderDetails, ProductListed, StockReceived } from '@quadrille/contracts';
import type { CrashPoint } from '@quadrille/crash-points';
import { reservations } from '@quadrille/inventory/domain/reservations';
import { stock } from '@quadrille/inventory/domain/stock';
import { orders } from '@quadrille/order/domain/order';
import { products } from '@quadrille/order/domain/product';
import { accountOf, accounts } from '@quadrille/payment/domain/accounts';
import { ledger } from '@quadrille/payment/domain/ledger';
import { payments } from '@quadrille/payment/domain/payments';
import { shipments } from '@quadrille/shipping/domain/shipments';
import { depositOf } from '../checkout/money.js';
import type { Chance } from './chance.js';
import { catalogue } from './customers.js';
import type { Life, Run } from './life.js';
import { MemoryBroker } from './memory-broker.js';
import { MemoryDatabase } from './memory-database.js';
import { MemoryOutside } from './memory-outside.js';
import { ServiceProcess, type ServiceWorld } from './service-process.js';

export const SYSTEM = 'quadrille';
const PROCESSES_A_SERVICE = 2;
const AT = '2026-01-01T00:00:00.000Z';

/** What each service keeps, in the order in which it locks. */
const AGGREGATES: Readonly<Record<string, readonly Aggregate[]>> = {
  order: [orders, products],
  payment: [payments, accounts, ledger],
  inventory: [reservations, stock],
  shipping: [shipments],
};

/** Four services of two processes each, a broker, four databases and the world outside, all in memory. */
export class SimulatedSystem {
  readonly broker: MemoryBroker;
  readonly outside: MemoryOutside;
  readonly databases: readonly MemoryDatabase[];
  readonly processes: ServiceProcess[] = [];
  readonly groups: readonly string[];
  readonly topics: readonly string[];
  /** Keys that something was wrong with: their orders may be late. */
  readonly touched = new Set<string>();
  private readonly chance: Chance;

  constructor(
    private readonly run: Run,
    private readonly parts: readonly ServiceSteps[],
  ) {
    this.chance = run.chanceOf('orchestrator');
    this.broker = new MemoryBroker(run);
    this.outside = new MemoryOutside(run);
    this.databases = parts.map(({ service }) => new MemoryDatabase(run, service));
    this.groups = parts.map(({ service }) => groupOf(SYSTEM, service));
    this.topics = parts.map(({ service }) => topicOf(SYSTEM, service));
    for (const [nth, part] of parts.entries()) this.settle(part, this.databases[nth]!);
  }

  stepsOf = (service: string): string[] =>
    this.parts.filter((part) => part.service === service).flatMap(({ steps }) => steps.map(({ name }) => name));

  databaseOf = (service: string): MemoryDatabase => this.databases.find((each) => each.service === service)!;

  /** A process that takes commands now. */
  someProcessOf(service: string, chance: Chance): ServiceProcess | undefined {
    const living = this.processes.filter(({ life }) => life.service === service && !life.isOver);
    return living.length > 0 ? chance.pick(living) : undefined;
  }

  groupOf = (service: string): string => groupOf(SYSTEM, service);

  /** The process that has this pool comes by a crash point of the real code. */
  passes = (point: CrashPoint, pool: object | undefined): void => {
    if (!pool) return;
    for (const database of this.databases) database.ownerOf(pool)?.passes(point);
  };

  /** Stock and money, some of it not enough. */
  provide(customers: readonly string[], pieces: number, funds: number, { currency }: OrderDetails): void {
    for (const { sku, unitPrice } of catalogue) {
      const product = { sku, name: sku, price: unitPrice, currency, weightGrams: 1 };
      this.databaseOf('order').seed(products.of(sku), ProductListed(product), AT);
      const received = StockReceived({ sku, receiptId: 'receipt', quantity: pieces });
      this.databaseOf('inventory').seed(stock.of(sku), received, AT);
    }
    for (const customerId of customers) {
      const deposited = FundsDeposited({ customerId, depositId: depositOf(customerId), amount: funds, currency });
      this.databaseOf('payment').seed(accountOf(customerId), deposited, AT);
      this.databaseOf('payment').seed(ledger.of(depositOf(customerId)), deposited, AT);
    }
  }

  /** What is kept is what was committed. */
  isBetweenTransactions = (): boolean => this.databases.every(({ isIdle }) => isIdle);

  /** Nothing is on its way: every record heard, every outbox empty, nothing parked that can still be taken. */
  isQuiet(): boolean {
    const still = ({ tables }: MemoryDatabase) =>
      tables.outbox.length === 0 && tables.parked.every(({ state }) => state === 'dead');
    return this.databases.every(still) && this.broker.isDrained();
  }

  private settle(part: ServiceSteps, database: MemoryDatabase): void {
    const world: ServiceWorld = {
      part,
      aggregates: AGGREGATES[part.service]!,
      database,
      outside: (life: Life) => ({ ...this.outside.provider.portsFor(life), ...this.outside.carrier.portsFor(life) }),
    };
    for (let nth = 1; nth <= PROCESSES_A_SERVICE; nth++)
      this.spawn(`${part.service} ${nth}`, world, this.processes.length);
  }

  /** A process that ends is started again, as an orchestrator does. */
  private spawn(name: string, world: ServiceWorld, place: number): void {
    const process = new ServiceProcess(name, this.run, world, this.broker);
    this.processes[place] = process;
    process.start();
    process.life.onDeath(() => {
      this.run.time.plan(this.chance.between(200, 4_000), () => this.spawn(name, world, place));
    });
  }
}
