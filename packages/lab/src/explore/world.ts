import type { Decision, Ended, Protocol } from '../protocol.js';
import { SERVICES } from '../several.js';
import { MemoryDatabase } from './memory-database.js';
import type { Pending } from './pending.js';
import type { Scenario } from './scenario.js';
import type { Task } from './task.js';

/** The far side of a partition; all others are on the near side. */
const FAR: ReadonlySet<string> = new Set(['inventory', 'shipping']);

/** What an exploration assumes. */
export interface Assumptions {
  readonly coordinators: readonly string[];
  /** All coordinators decide on one log; otherwise each has its own. */
  readonly sharesLog: boolean;
}

/** A moment of a system in memory: databases, logs, processes, and everything under way between them. */
export class World {
  readonly databases: Readonly<Record<string, MemoryDatabase>>;
  readonly logs = new Map<string, Map<string, Decision>>();
  readonly dead = new Set<string>();
  readonly answers = new Map<string, Ended>();
  readonly tasks = new Set<Task>();
  readonly pending = new Map<string, Pending>();
  /** Processes whose periodic work has run since a database last changed. */
  readonly ticked = new Set<string>();
  isCut = false;
  deaths = 0;
  cuts = 0;
  late = 0;
  /** Decisions in all logs. */
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

  /** A coordinator looks at all services, a service at itself. */
  mayFindWork = (actor: string): boolean =>
    this.databases[actor]?.mayBeOpen() ?? SERVICES.some((service) => this.databases[service]!.mayBeOpen());

  /** Kills a process. The messages that it has sent stay under way, unless they are lost with it. */
  kill(actor: string, isSilenced: boolean): void {
    this.dead.add(actor);
    for (const task of this.tasks) {
      if (task.owner !== actor) continue;
      task.dead = true;
      this.tasks.delete(task);
    }
    for (const each of this.pending.values()) if (each.task.dead) each.abandon(isSilenced);
  }

  /** Grows whenever a database or a log changes. */
  get version(): number {
    return Object.values(this.databases).reduce((sum, { version }) => sum + version, this.logged);
  }

  /** Equal moments give equal strings. */
  get packed(): string {
    const databases = Object.values(this.databases).map(({ packed }) => packed);
    const logs = [...this.logs].map(([name, log]) => [name, [...log].sort()]);
    const tasks = [...this.tasks].map(({ packed }) => packed).sort();
    const pending = [...this.pending.values()].map(({ packed }) => packed).sort();
    const rest = [this.isCut, this.deaths, this.cuts, this.late, [...this.dead], [...this.ticked].sort()];
    return JSON.stringify([databases, logs, tasks, pending, [...this.answers].sort(), rest]);
  }
}
