import { type Answer, bodyOf, look, type Silence } from './requests.js';
import type { ServiceOnStage } from './snapshot.js';
import type { TokenSource } from './stage-operator.js';

/** The parts of `GET /workload` that the stage shows. */
type Workload = Pick<ServiceOnStage, 'outbox' | 'lag' | 'parked'> & { readonly startedAt: string };

/** Observes services from outside and counts their restarts. */
export class ServiceWatch {
  private readonly started = new Map<string, string>();
  private readonly restarts = new Map<string, number>();

  /** The normal and the operator address of each. */
  constructor(
    private readonly urls: Readonly<Record<string, string | undefined>>,
    private readonly adminUrls: Readonly<Record<string, string | undefined>>,
    private readonly token: TokenSource = () => undefined,
  ) {}

  /** Observes all concurrently; a missing response is a result. */
  look(): Promise<ServiceOnStage[]> {
    return Promise.all(Object.entries(this.urls).map(([service, url]) => this.lookAt(service, url)));
  }

  private async lookAt(service: string, url: string | undefined): Promise<ServiceOnStage> {
    if (!url) return { ...UNKNOWN, service, restarts: 0 };
    const [health, answer] = await Promise.all([
      look(`${url}/health/ready`),
      look(`${this.adminUrls[service]}/workload`, this.token()),
    ]);
    const workload = bodyOf(answer) as Workload | undefined;
    if (workload) this.noteStart(service, workload.startedAt);
    return {
      service,
      restarts: this.restarts.get(service) ?? 0,
      ...healthIn(health),
      outbox: workload?.outbox ?? null,
      lag: workload?.lag ?? null,
      parked: workload?.parked ?? null,
    };
  }

  private noteStart(service: string, startedAt: string): void {
    const before = this.started.get(service);
    if (before !== undefined && before !== startedAt) this.restarts.set(service, (this.restarts.get(service) ?? 0) + 1);
    this.started.set(service, startedAt);
  }
}

const UNKNOWN = { health: 'unknown', unwell: [], outbox: null, lag: null, parked: null } as const;

/** Interprets a response of `/health/ready`. */
export function healthIn(answer: Answer | Silence): Pick<ServiceOnStage, 'health' | 'unwell'> {
  if (typeof answer === 'string') return { health: answer, unwell: [] };
  const parts = (answer.body?.parts ?? {}) as Record<string, { ok?: boolean; circuit?: string }>;
  const unwell = Object.entries(parts).flatMap(([name, { ok, circuit }]) =>
    ok === false || circuit === 'open' ? [name] : [],
  );
  return { health: answer.status === 200 && unwell.length === 0 ? 'up' : 'unwell', unwell };
}
