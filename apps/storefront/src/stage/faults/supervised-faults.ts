import { Problem } from '@quadrille/nest';
import { bodyOf, look } from '../requests.js';
import type { FaultName, FaultSwitch } from '../snapshot.js';
import { demand } from './demand.js';
import { ready, type Switches, unavailable } from './switches.js';

/** A service as reported by the supervisor of `npm start`. */
interface Supervised {
  readonly name: string;
  readonly state: 'running' | 'stopping' | 'stopped' | 'starting' | 'down';
  readonly problem: string | null;
}

const NO_SUPERVISOR =
  'Only npm start lets the stage stop services. In containers: docker compose stop, and docker compose start.';

/** Services that a supervisor can stop and start. */
export class SupervisedFaults implements Switches {
  readonly faults = ['stopped-service'] as const;

  constructor(
    private readonly supervisorUrl: string | undefined,
    private readonly services: readonly string[],
  ) {}

  async look(): Promise<FaultSwitch[]> {
    if (!this.supervisorUrl) return this.all(NO_SUPERVISOR);
    const facts = bodyOf(await look(`${this.supervisorUrl}/services`)) as { services: Supervised[] } | undefined;
    if (!facts) return this.all('The supervisor of npm start does not respond.');
    return facts.services.map(switchOf);
  }

  async set(_fault: FaultName, target: string | null, stopped: boolean): Promise<void> {
    if (!this.supervisorUrl) throw new Problem(409, 'no-supervisor', NO_SUPERVISOR);
    if (!target || !this.services.includes(target)) {
      throw new Problem(422, 'unknown-target', `There is no service ${target ?? ''} to stop.`);
    }
    await demand('The supervisor', 'PUT', `${this.supervisorUrl}/services/${target}`, { running: !stopped });
  }

  private all(why: string): FaultSwitch[] {
    return this.services.map((service) => unavailable('stopped-service', service, why));
  }
}

const switchOf = ({ name, state }: Supervised): FaultSwitch => ({
  ...ready('stopped-service', name, state !== 'running' && state !== 'starting'),
  doing: state === 'stopping' || state === 'starting' ? state : null,
});
