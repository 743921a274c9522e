import { SERVICES } from '../calls.js';
import type { Decision, OrderResult, Protocol } from '../protocol.js';
import { MemoryDatabase } from './memory-database.js';
import type { Pending } from './pending.js';
import type { Scenario } from './scenario.js';
import type { Task } from './task.js';

/** The far side of a partition; all other processes are on the near side. */
const FAR: ReadonlySet<string> = new Set(['inventory', 'shipping']);

/** Configuration of an exploration. */
export interface Assumptions {
  readonly coordinators: readonly string[];
  /** True: all coordinators use one decision log. False: one log per coordinator. */
  readonly sharesLog: boolean;
}

/** A state of the in-memory system: databases, decision logs, processes, and messages in flight. */
export class World {
  readonly databases: Readonly<Record<string, MemoryDatabase>>;
  readonly logs = new Map<string, Map<string, Decision>>();
  readonly dead = new Set<string>();
  readonly answers = new Map<string, OrderResult>();
  readonly tasks = new Set<Task>();
  readonly pending = new Map<string, Pending>();
  /** Processes whose periodic work has run since the last change of a database. */
  readonly ticked = new Set<string>();
  isCut = false;
  deaths = 0;
  cuts = 0;
  late = 0;
  /** The number of decisions in all logs. */
  logged = 0;

  constructor(
    readonly protocol: Protocol,
    scenario: Scenario,
    readonly assumptions: Assumptions,
  ) {
    const names = [...SERVICES, 'coordinators'];
    this.databases = Object.fromEntries(names.map((name) => [name, new MemoryDatabase(name)]));
    for (const service of SERVICES) {
      for (const [row, state] of scenario.past[service]) this.databases[service]!.committed.set(row, state);
    }
  }

  logOf(coordinator: string): Map<string, Decision> {
    const name = this.assumptions.sharesLog ? 'all' : coordinator;
    const log = this.logs.get(name) ?? new Map<string, Decision>();
    this.logs.set(name, log);
    return log;
  }

  isApart = (one: string, other: string): boolean => this.isCut && FAR.has(one) !== FAR.has(other);

  /** A coordinator inspects all services, a service only itself. */
  mayFindWork = (actor: string): boolean =>
    this.databases[actor]?.mayBeOpen() ?? SERVICES.some((service) => this.databases[service]!.mayBeOpen());

  /** Crashes a process. Its sent messages stay in flight, unless they are lost with it. */
  kill(actor: string, isSilenced: boolean): void {
    this.dead.add(actor);
    for (const task of this.tasks) {
      if (task.owner !== actor) continue;
      task.dead = true;
      this.tasks.delete(task);
    }
    for (const each of this.pending.values()) if (each.task.dead) each.abandon(isSilenced);
  }

  /** Increases with each change of a database or a log. */
  get version(): number {
    return Object.values(this.databases).reduce((sum, { version }) => sum + version, this.logged);
  }

  /** A canonical encoding: equal states give equal strings. */
  get packed(): string {
    const databases = Object.values(this.databases).map(({ packed }) => packed);
    const logs = [...this.logs].map(([name, log]) => [name, [...log].sort()]);
    const tasks = [...this.tasks].map(({ packed }) => packed).sort();
    const pending = [...this.pending.values()].map(({ packed }) => packed).sort();
    const rest = [this.isCut, this.deaths, this.cuts, this.late, [...this.dead], [...this.ticked].sort()];
    return JSON.stringify([databases, logs, tasks, pending, [...this.answers].sort(), rest]);
  }
}
