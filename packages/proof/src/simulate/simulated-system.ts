import { eventTopicsOf, groupOf, type ServiceSteps } from '@quadrille/choreography';
import type { CrashPoint } from '@quadrille/crash-points';
import type { Chance } from './chance.js';
import type { Run } from './life.js';
import { MemoryBroker } from './memory-broker.js';
import { MemoryDatabase } from './memory-database.js';
import type { SimulatedModel } from './model.js';
import { ServiceProcess, type ServiceWorld } from './service-process.js';
import type { SimulatedParties } from './simulated-parties.js';

const PROCESSES_A_SERVICE = 2;

/** Two processes of each service, a broker, a database per service and the gateways, all in memory. */
export class SimulatedSystem {
  readonly broker: MemoryBroker;
  readonly parties: SimulatedParties;
  readonly databases: readonly MemoryDatabase[];
  readonly processes: ServiceProcess[] = [];
  readonly groups: readonly string[];
  readonly topics: readonly string[];
  /** Keys that a fault concerns: their orders may be late. */
  readonly affected = new Set<string>();
  private readonly chance: Chance;

  constructor(
    private readonly run: Run,
    readonly model: SimulatedModel,
  ) {
    const { system, rows, parts, given } = model;
    this.chance = run.chanceOf('orchestrator');
    this.broker = new MemoryBroker(run);
    this.parties = model.parties(run);
    this.databases = parts.map(({ service }) => new MemoryDatabase(run, service, given));
    this.groups = parts.map(({ service }) => groupOf(system, service));
    this.topics = eventTopicsOf(model, rows);
    for (const [nth, part] of parts.entries()) this.settle(part, this.databases[nth]!);
  }

  stepsOf = (service: string): string[] =>
    this.model.parts.filter((part) => part.service === service).flatMap(({ steps }) => steps.map(({ name }) => name));

  databaseOf = (service: string): MemoryDatabase => this.databases.find((each) => each.service === service)!;

  /** A process that accepts the command of a step now. */
  someProcessFor = (step: string, chance: Chance): ServiceProcess | undefined =>
    this.someProcessOf(this.model.rows[step]!.service, chance);

  /** A process that accepts commands now. */
  private someProcessOf(service: string, chance: Chance): ServiceProcess | undefined {
    const living = this.processes.filter(({ life }) => life.service === service && !life.isOver);
    return living.length > 0 ? chance.pick(living) : undefined;
  }

  groupOf = (service: string): string => groupOf(this.model.system, service);

  /** The process with this pool reaches a crash point of the real code. */
  passes = (point: CrashPoint, pool: object | undefined): void => {
    if (!pool) return;
    for (const database of this.databases) database.ownerOf(pool)?.passes(point);
  };

  /** Only committed states are stored. */
  isBetweenTransactions = (): boolean => this.databases.every(({ isIdle }) => isIdle);

  /** No message is in transit: every record is consumed, every outbox empty, and every parked message dead. */
  isQuiet(): boolean {
    const still = ({ tables }: MemoryDatabase) =>
      tables.outbox.length === 0 && tables.parked.every(({ state }) => state === 'dead');
    return this.databases.every(still) && this.broker.isDrained();
  }

  private settle(part: ServiceSteps, database: MemoryDatabase): void {
    const world: ServiceWorld = {
      model: this.model,
      part,
      aggregates: this.model.aggregates[part.service] ?? [],
      database,
      gateways: (life) => this.parties.gatewaysOf(part.service, life),
    };
    for (let nth = 1; nth <= PROCESSES_A_SERVICE; nth++)
      this.spawn(`${part.service} ${nth}`, world, this.processes.length);
  }

  /** A process that ends is restarted, as an orchestrator does. */
  private spawn(name: string, world: ServiceWorld, place: number): void {
    const process = new ServiceProcess(name, this.run, world, this.broker);
    this.processes[place] = process;
    process.start();
    process.life.onDeath(() => {
      this.run.time.plan(this.chance.between(200, 4_000), () => this.spawn(name, world, place));
    });
  }
}
